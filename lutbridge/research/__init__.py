"""Measuring models on data in PPR10K's layout: tables, skin by tone group, pictures to look at."""
