"""What a study is: packages, scenarios, points, settings."""
