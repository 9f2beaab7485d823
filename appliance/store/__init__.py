"""The files of the box: folders, one SQLite file per writer, one module per file, one function per statement."""
