"""The stored outputs of the book against fresh runs with other versions of TensorFlow and Keras."""
