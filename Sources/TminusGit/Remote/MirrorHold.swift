import Foundation

/// The right to fetch into a mirror, for one thread of one process; the kernel takes it back when the process dies.
final class MirrorHold {
    private let descriptor: Int32

    /// Waits its turn until `transfer` is stopped.
    ///
    /// - Throws: `.notWritable`, `.locked`.
    init(_ mirror: String, _ transfer: Transfer) throws(GitError) {
        descriptor = open(mirror + "/tminus.lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw GitError(.notWritable, "\(mirror)/tminus.lock can't be made: \(String(cString: strerror(errno)))")
        }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR, transfer.stopped == nil else {
                close(descriptor)
                throw GitError(.locked, "another fetch holds the mirror at \(mirror); try again when it is done")
            }
            usleep(20_000)
        }
        Self.sweep(mirror)
    }

    func release() { close(descriptor) }

    /// What a fetch that was killed left behind: with the hold, nobody else can be at it.
    private static func sweep(_ mirror: String) {
        let files = FileManager.default
        for folder in ["", "/refs/tags", "/refs/heads"] {
            for name in (try? files.contentsOfDirectory(atPath: mirror + folder)) ?? []
            where name.hasSuffix(".lock") && name != "tminus.lock" {
                try? files.removeItem(atPath: mirror + folder + "/" + name)
            }
        }
        let packs = mirror + "/objects/pack"
        for name in (try? files.contentsOfDirectory(atPath: packs)) ?? []
        where name.hasPrefix("pack_git2_") || name.hasPrefix("tmp_") {
            try? files.removeItem(atPath: packs + "/" + name)
        }
    }
}
