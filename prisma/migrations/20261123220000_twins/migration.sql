-- Of two twins the one that a coin kept out of training.
ALTER TABLE sample DROP CONSTRAINT sample_split;
ALTER TABLE sample ADD CONSTRAINT sample_split CHECK (split IN ('train', 'calibration', 'held-out', 'twin'));
