//! What nobody else on the machine may read: the data folder with the database, the recordings and the key in it, and
//! the file of anchors.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use rustix::fs::Mode;

use crate::Error;

/// The embedded database's file in the data folder.
pub const DATABASE: &str = "ringfence.db";

/// What Ringfence itself puts into the data folder. The folder is closed to others, so that the rest is closed too.
const OURS: [&str; 5] =
    [DATABASE, "ringfence.db-wal", "ringfence.db-shm", crate::seal_key::FILE, "recordings"];

/// The bits of a mode that let the group or others in.
const OTHERS: u32 = 0o077;

/// Has whatever this process makes from now on closed to others, also what libraries make.
pub fn begin() {
    rustix::process::umask(Mode::from_raw_mode(OTHERS));
}

/// Makes the data folder where there is none. One that others can read, or what is ours in it, is refused with the
/// command that mends it: what they have read meanwhile only its owner can judge. An empty one is closed without ado.
pub fn data_folder(folder: &Path) -> Result<(), Error> {
    let cannot = |e: io::Error| format!("cannot make the data folder {}: {e}", folder.display());
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(cannot)?;
    if std::fs::read_dir(folder).map_err(cannot)?.next().is_none() {
        // Where the folder is somebody else's, the check below says so.
        let _ = std::fs::set_permissions(folder, Permissions::from_mode(0o700));
    }
    let mend = format!("chmod -R go= {}", quoted(folder));
    check(folder, &mend)?;
    OURS.iter().try_for_each(|name| check(&folder.join(name), &mend))
}

/// Makes a folder below the data folder, and those that it is in, where there is none.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let parent = parent(folder);
    make_folder(parent)?;
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => give(folder),
    }
}

/// Makes the embedded database's file where there is none; SQLite makes its other files with the mode of this one.
pub fn make_database(file: &Path) -> io::Result<()> {
    OpenOptions::new().create(true).append(true).mode(0o600).open(file)?;
    give(file)
}

/// Opens a file to add to, and makes it where there is none; refused where others can read it.
pub fn append_to(file: &Path) -> Result<File, Error> {
    check_file(file)?;
    let opened = OpenOptions::new().create(true).append(true).mode(0o600).open(file);
    opened.map_err(|e| format!("cannot write {}: {e}", file.display()).into())
}

/// Makes a file that nobody has yet. What it is given is on the disk, whole, when it gets its name; whether it is new.
pub fn write_new(file: &Path, content: &[u8]) -> io::Result<bool> {
    let part = file.with_extension(format!("{}.part", std::process::id()));
    let mut written = create(&part)?;
    written.write_all(content)?;
    written.sync_all()?;
    let named = std::fs::hard_link(&part, file);
    std::fs::remove_file(&part)?;
    match named {
        Ok(()) => sync_folder(file).map(|()| true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

/// Makes a file below the data folder to write to, in place of what an earlier try may have left.
pub fn create(file: &Path) -> io::Result<File> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let made = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(file)?;
    give(file).map(|()| made)
}

/// Has the names in the folder of a file outlive a loss of power.
pub fn sync_folder(file: &Path) -> io::Result<()> {
    File::open(parent(file))?.sync_all()
}

/// Gives what root made to the owner of the folder that it is in, as SQLite does: the server that runs as that user
/// could not read it else.
fn give(made: &Path) -> io::Result<()> {
    let (to, is) = (std::fs::metadata(parent(made))?, std::fs::metadata(made)?);
    if to.uid() == is.uid() || !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    std::os::unix::fs::lchown(made, Some(to.uid()), Some(to.gid()))
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."))
}

/// Refuses a file that others can read.
pub fn check_file(file: &Path) -> Result<(), Error> {
    check(file, &format!("chmod go= {}", quoted(file)))
}

/// Refuses what others can read.
fn check(path: &Path, mend: &str) -> Result<(), Error> {
    let mode = match std::fs::metadata(path) {
        Ok(about) => about.mode() & 0o7777,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(format!("cannot look at {}: {error}", path.display()).into()),
    };
    if mode & OTHERS == 0 {
        return Ok(());
    }
    let path = path.display();
    Err(format!(
        "{path} has mode {mode:04o}: others on this machine can read what only Ringfence may. Close it to them, then \
         start again: {mend}"
    )
    .into())
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._/-".contains(c);
    if path.chars().all(is_plain) { path } else { format!("'{}'", path.replace('\'', r"'\''")) }
}
