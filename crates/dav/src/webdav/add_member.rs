//! POST to a collection: a new member whose name the server makes (RFC 5995).

use axum::http::{HeaderValue, header};
use store::CollectionKind;

use super::condition::Conditions;
use super::put;
use crate::failure::{Failure, Outcome};
use crate::request::Request;
use crate::resource::Resource;

pub(crate) async fn run(mut request: Request, kind: CollectionKind, segment: String) -> Outcome {
    let collection = request.collection(kind, &segment).await?;
    let text = put::text(&mut request, kind).await?;
    let name = name(kind)?;
    let conditions = Conditions::none(&request);
    let stored = put::write(&request, &collection, &name, text, &conditions).await?;
    let mut response = put::answer(&request, &collection, &name, stored).await?;
    let place = Resource::Member(kind, segment, name).href(&request.account);
    if let Ok(place) = HeaderValue::from_str(&place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

fn name(kind: CollectionKind) -> Outcome<String> {
    let mut random = [0; 16];
    let failed = |_| Failure::status(axum::http::StatusCode::INTERNAL_SERVER_ERROR);
    getrandom::fill(&mut random).map_err(failed)?;
    let name: String = random.iter().map(|octet| format!("{octet:02x}")).collect();
    Ok(match kind {
        CollectionKind::Calendar => format!("{name}.ics"),
        CollectionKind::AddressBook => format!("{name}.vcf"),
    })
}
