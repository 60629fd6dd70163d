//! Input that means something else than whoever wrote it thinks.
