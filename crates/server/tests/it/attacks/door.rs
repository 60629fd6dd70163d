//! Floods at the door: connections, streams, guesses and refusals.
