//! The rules of RFC 5546: what a scheduling message does to a calendar object.
