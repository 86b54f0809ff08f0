"""What the engine gives against published figures: in band, out of band, or not measured yet."""
