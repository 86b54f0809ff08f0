"""What a study keeps on the disk, and who may write there."""
