//! Items of the scheduling inbox (RFC 6638, 2.2): what waits for an answer, as the request that it is.

use axum::http::StatusCode;
use pipeline::meanwhile::ROUNDS;
use store::{Detail, Error, Member, Selection};

use crate::failure::{Failure, Outcome};
use crate::request::Request;
use crate::webdav::condition::Conditions;
use crate::webdav::delete::no_content;

/// What makes an iTIP message of an object (RFC 5546, 3.2.2).
const METHOD: &[u8] = b"METHOD:REQUEST\r\n";

/// Items by name.
pub(crate) async fn members(
    request: &Request,
    selection: Selection,
    detail: Detail,
) -> store::Result<Vec<Member>> {
    let (store, account) = (request.store(), request.account.id);
    let found = store.inbox_members(account, selection, detail).await?;
    Ok(found.into_iter().map(message).collect())
}

/// The message that asks for the answer which an object waits for.
fn message(mut object: Member) -> Member {
    object.size += METHOD.len() as u64;
    if !object.text.is_empty() {
        let at = behind_begin(&object.text);
        object.text.splice(at..at, METHOD.iter().copied());
    }
    object
}

/// Where the first line of a calendar's own can stand.
fn behind_begin(text: &[u8]) -> usize {
    let begin = b"BEGIN:VCALENDAR";
    let mut windows = text.windows(begin.len());
    let begin = windows.position(|window| window.eq_ignore_ascii_case(begin));
    let rest = text.iter().skip(begin.unwrap_or_default());
    let line = rest.take_while(|octet| **octet != b'\n').count();
    (begin.unwrap_or_default() + line + 1).min(text.len())
}

/// DELETE of an item: its owner does not want to be asked by it. The event, and that it waits for his
/// answer, stay.
pub(crate) async fn dismiss(request: &Request, name: &str) -> Outcome {
    let conditions = Conditions::of(request).await?;
    let (store, account) = (request.store(), request.account.id);
    for _ in 0..ROUNDS {
        let named = Selection::Names(vec![name.to_owned()]);
        let item = members(request, named, Detail::Dated).await?.pop();
        if !conditions.hold_for(item.as_ref()) {
            return Err(Failure::status(StatusCode::PRECONDITION_FAILED));
        }
        let item = item.ok_or_else(Failure::not_found)?;
        match store.inbox_dismiss(account, name, item.revision).await {
            Err(Error::Conflict) => {}
            dismissed => return Ok(dismissed.map(|()| no_content())?),
        }
    }
    Err(Error::Conflict.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_method_is_the_calendars_first_line() {
        for (text, expected) in [
            (
                "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n",
                "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n",
            ),
            (
                "\u{feff}\r\nbegin:vcalendar\nVERSION:2.0\nEND:VCALENDAR",
                "\u{feff}\r\nbegin:vcalendar\nMETHOD:REQUEST\r\nVERSION:2.0\nEND:VCALENDAR",
            ),
        ] {
            let at = behind_begin(text.as_bytes());
            let mut made = text.to_owned();
            made.insert_str(at, "METHOD:REQUEST\r\n");
            assert_eq!(made, expected);
        }
        for odd in ["", "x", "BEGIN:VCALENDAR"] {
            assert!(behind_begin(odd.as_bytes()) <= odd.len(), "{odd}");
        }
    }
}
