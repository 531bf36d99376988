//! RFC 6047: find the invitation in a mail, stamp its header, judge its sender.
