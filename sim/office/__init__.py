"""What is taken into an office: a memo of two pages, five slides, and a workbook, from the files of a study folder."""
