//! A record of the journal: a hold or its end, in a frame that tells whether all of it was written.

use crate::{AccountId, Holder, JobKey, NewJob};

/// Generation, length and checksum.
pub(super) const FRAME: usize = 8 + 4 + 8;

/// What happened to a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A delivery holds a job.
    Held = 0,
    /// Its mail was refused: of the job only key and holder count.
    Refused = 1,
}

/// What happened, and to which hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) kind: Kind,
    pub(super) job: NewJob,
}

impl Record {
    pub(super) fn refused(key: JobKey, holder: Holder) -> Self {
        Self {
            kind: Kind::Refused,
            job: NewJob {
                key,
                holder,
                lease: 0,
                detail: String::new(),
                content: Vec::new(),
                received: 0,
            },
        }
    }

    pub(super) fn encode(kind: Kind, job: &NewJob) -> Vec<u8> {
        let mut octets = Vec::with_capacity(256 + job.detail.len() + job.content.len());
        octets.push(kind as u8);
        for number in [
            job.key.account.0,
            job.holder.delivery.cast_signed(),
            job.lease,
            job.received,
        ] {
            octets.extend(number.to_be_bytes());
        }
        for piece in [
            &job.key.id,
            &job.holder.node,
            &job.holder.process,
            &job.detail,
        ] {
            put(&mut octets, piece.as_bytes());
        }
        put(&mut octets, &job.content);
        octets
    }

    fn decode(mut octets: &[u8]) -> Option<Self> {
        let rest = &mut octets;
        let (kind, tail) = rest.split_first()?;
        *rest = tail;
        let kind = match kind {
            0 => Kind::Held,
            1 => Kind::Refused,
            _ => return None,
        };
        let (account, delivery) = (number(rest)?, number(rest)?.cast_unsigned());
        let (lease, received) = (number(rest)?, number(rest)?);
        let id = text(rest)?;
        let holder = Holder {
            node: text(rest)?,
            process: text(rest)?,
            delivery,
        };
        let job = NewJob {
            key: JobKey {
                account: AccountId(account),
                id,
            },
            holder,
            lease,
            detail: text(rest)?,
            content: piece(rest)?.to_vec(),
            received,
        };
        Some(Self { kind, job })
    }
}

/// Appends an encoded record to what is written at once, in its frame.
pub(super) fn frame(octets: &mut Vec<u8>, generation: u64, record: &[u8]) {
    // A record is far shorter than a segment.
    let length = u32::try_from(record.len()).unwrap_or(u32::MAX);
    octets.extend(generation.to_be_bytes());
    octets.extend(length.to_be_bytes());
    octets.extend(checksum(generation, record).to_be_bytes());
    octets.extend(record);
}

/// The records of one generation that a segment begins with, up to the first that is not whole,
/// and that generation.
pub(super) fn read(octets: &[u8]) -> (u64, Vec<Record>) {
    let mut rest = octets;
    let mut records = Vec::new();
    let mut first = None;
    while let Some((generation, record)) = next(&mut rest)
        && generation == *first.get_or_insert(generation)
    {
        records.push(record);
    }
    (first.unwrap_or_default(), records)
}

fn next(rest: &mut &[u8]) -> Option<(u64, Record)> {
    let (generation, tail) = rest.split_first_chunk::<8>()?;
    let (length, tail) = tail.split_first_chunk::<4>()?;
    let (sum, tail) = tail.split_first_chunk::<8>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (record, tail) = tail.split_at_checked(length)?;
    let generation = u64::from_be_bytes(*generation);
    if checksum(generation, record) != u64::from_be_bytes(*sum) {
        return None;
    }
    *rest = tail;
    Some((generation, Record::decode(record)?))
}

/// FNV-1a over words of eight octets, and the length: it tells what a power failure left half
/// written, not what somebody forged.
fn checksum(generation: u64, record: &[u8]) -> u64 {
    const PRIME: u64 = 0x0100_0000_01b3;
    let start = 0xcbf2_9ce4_8422_2325 ^ generation;
    let mix = |sum: u64, word: u64| (sum ^ word).wrapping_mul(PRIME).rotate_left(29);
    let (words, rest) = record.as_chunks::<8>();
    let sum = words
        .iter()
        .fold(start, |sum, word| mix(sum, u64::from_be_bytes(*word)));
    let sum = rest
        .iter()
        .fold(sum, |sum, octet| mix(sum, u64::from(*octet)));
    mix(sum, record.len() as u64 + 1)
}

fn put(octets: &mut Vec<u8>, piece: &[u8]) {
    octets.extend((piece.len() as u64).to_be_bytes());
    octets.extend(piece);
}

fn number(rest: &mut &[u8]) -> Option<i64> {
    let (number, tail) = rest.split_first_chunk::<8>()?;
    *rest = tail;
    Some(i64::from_be_bytes(*number))
}

fn piece<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(number(rest)?).ok()?;
    let (piece, tail) = rest.split_at_checked(length)?;
    *rest = tail;
    Some(piece)
}

fn text(rest: &mut &[u8]) -> Option<String> {
    String::from_utf8(piece(rest)?.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(id: &str) -> NewJob {
        NewJob {
            key: JobKey {
                account: AccountId(7),
                id: id.to_owned(),
            },
            holder: Holder {
                node: "a".to_owned(),
                process: "p".to_owned(),
                delivery: u64::MAX,
            },
            lease: 10,
            detail: "{}".to_owned(),
            content: vec![0, 255, b'x'],
            received: -5,
        }
    }

    fn records() -> [Record; 3] {
        let held = |id| Record {
            kind: Kind::Held,
            job: job(id),
        };
        let refused = Record::refused(job("j").key, job("j").holder);
        [held("j"), refused, held("k")]
    }

    fn written(generation: u64, records: &[Record]) -> Vec<u8> {
        let mut octets = Vec::new();
        for record in records {
            frame(
                &mut octets,
                generation,
                &Record::encode(record.kind, &record.job),
            );
        }
        octets
    }

    #[test]
    fn records_come_back_as_they_were_written() {
        let octets = written(3, &records());
        assert_eq!(read(&octets), (3, records().to_vec()));
        assert_eq!(read(&[]), (0, Vec::new()));
        assert_eq!(read(&[0; 4096]), (0, Vec::new()));
    }

    #[test]
    fn what_is_torn_ends_the_reading_and_what_stands_before_it_counts() {
        let whole = written(3, &records());
        let kept = written(3, &records()[..2]).len();
        for end in kept..whole.len() {
            let mut torn = whole[..end].to_vec();
            assert_eq!(read(&torn).1, records()[..2], "{end}");
            torn.resize(whole.len() + 64, 0);
            // The last octets of a record may be noughts by themselves.
            if torn[..whole.len()] != whole {
                assert_eq!(read(&torn).1, records()[..2], "{end}");
            }
        }
        for at in kept..whole.len() {
            let mut spoilt = whole.clone();
            spoilt[at] ^= 1;
            assert_eq!(read(&spoilt).1, records()[..2], "{at}");
        }
    }

    #[test]
    fn what_an_earlier_generation_left_behind_is_not_read() {
        let mut octets = written(4, &records()[..1]);
        octets.extend(written(3, &records()));
        assert_eq!(read(&octets), (4, records()[..1].to_vec()));
    }
}
