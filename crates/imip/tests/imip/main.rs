//! Mails through walker, detection and stripping, as the pipeline does it (RFC 6047, rules A1 to A6).

mod bad_input;
mod detection;
mod mail;
mod properties;
mod samples;
mod walker;
