"""From a loan tape to a fitted book: values of behaviour under which the model's months look like the tape's."""
