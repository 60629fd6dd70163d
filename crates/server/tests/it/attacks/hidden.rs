//! Things that the actor cannot see: touched, found or counted all the same.
