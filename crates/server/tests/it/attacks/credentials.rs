//! Passwords, PINs and tokens: guessed, reused, left behind, made without asking.
