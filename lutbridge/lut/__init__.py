"""3D LUTs as tables on the unit cube: lookup, fusing, fitting, regularising. Knows no colour spaces and no files
outside `lut.formats`."""
