"""The networks in torch, as training needs them: their parts, how they are built of a config, their files."""
