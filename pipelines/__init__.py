"""Form E.81 workbooks of every kecamatan, read, checked, loaded and published."""
