//! LMTP (RFC 2033): the server session.
