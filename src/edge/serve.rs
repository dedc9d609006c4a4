//! Serves the site on loopback.
