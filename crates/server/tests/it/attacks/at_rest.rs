//! What lies on the disk: who can read it, and what a copy of it gives away.
