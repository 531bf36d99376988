//! Any order of an event's messages ends in the same object (promise 3, rules C2 and D3).
