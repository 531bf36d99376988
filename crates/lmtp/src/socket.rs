//! Takes the path of a unix socket without taking it from a server that lives.
//!
//! A lock file beside the socket (`PATH.lock`, left behind on purpose: removing it would let two
//! servers lock two files of one name) keeps two servers from clearing the same stale socket away
//! under each other. A socket that answers is never removed, whoever made it.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::net::{UnixListener, UnixStream};

/// How long a socket gets to show that somebody answers.
const PROBE: Duration = Duration::from_secs(1);

/// A socket file of ours; dropping it removes the file if it is still the same.
#[derive(Debug)]
pub struct SocketFile {
    path: PathBuf,
    identity: (u64, u64),
    _lock: File,
}

/// Listens on `path`, in place of a socket that nobody listens on any more.
///
/// Any local user who may enter the folder may connect, as with a TCP port on the loopback.
pub async fn listen(path: &Path) -> io::Result<(UnixListener, SocketFile)> {
    let lock = lock(path)?;
    let listener = match UnixListener::bind(path) {
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            clear_stale(path).await?;
            UnixListener::bind(path)?
        }
        bound => bound?,
    };
    let identity = identity(path)?;
    let file = SocketFile {
        path: path.to_owned(),
        identity,
        _lock: lock,
    };
    fs::set_permissions(path, fs::Permissions::from_mode(0o666))?;
    Ok((listener, file))
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if identity(&self.path).is_ok_and(|identity| identity == self.identity) {
            // Nothing to be done about a failure: the next start clears it away.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn lock(path: &Path) -> io::Result<File> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file = File::options().create(true).append(true).open(name)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(in_use("another server listens on it")),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

async fn clear_stale(path: &Path) -> io::Result<()> {
    if !fs::symlink_metadata(path)?.file_type().is_socket() {
        return Err(in_use("there is a file of that name that is not a socket"));
    }
    match tokio::time::timeout(PROBE, UnixStream::connect(path)).await {
        Ok(Err(error)) if error.kind() == ErrorKind::ConnectionRefused => fs::remove_file(path),
        Ok(Err(error)) if error.kind() == ErrorKind::NotFound => Ok(()),
        // It answered, or its backlog is full, or this user may not ask: somebody's.
        Ok(Ok(_) | Err(_)) | Err(_) => Err(in_use("another server listens on it")),
    }
}

fn in_use(text: &'static str) -> io::Error {
    io::Error::new(ErrorKind::AddrInUse, text)
}

fn identity(path: &Path) -> io::Result<(u64, u64)> {
    let metadata = fs::symlink_metadata(path)?;
    Ok((metadata.dev(), metadata.ino()))
}
