import Foundation
import Glibc
import Synchronization

/// A file that only takes up space, so that a full disk can still record how running steps end.
///
/// When SQLite says that the disk is full, the ballast is deleted and the append tried once more. New runs are refused
/// while less than `freeBytesMin` is free; once there is room again the file is made anew.
package final class Ballast: Sendable {
    /// 32 MiB: thousands of events and the checkpoint that moves them.
    package static let bytesUsual: Int64 = 32 << 20
    /// 256 MiB.
    package static let freeBytesUsual: Int64 = 256 << 20

    private let folder: String
    private let path: String
    private let bytes: Int64
    private let freeBytesMin: Int64
    private let isPresent: Mutex<Bool>

    /// Makes the file `ballast` in the folder if there is room for it.
    package init(folder: String, bytes: Int64 = bytesUsual, freeBytesMin: Int64 = freeBytesUsual) {
        self.folder = folder
        self.bytes = bytes
        self.freeBytesMin = freeBytesMin
        path = folder + "/ballast"
        isPresent = Mutex(false)
        restore()
    }

    package var exists: Bool { isPresent.withLock { $0 } }

    /// Whether the disk has room for a new run; makes the ballast anew when it has.
    package func hasRoom() -> Bool {
        restore()
        return (DatabaseFile.freeBytes(at: folder) ?? .max) >= freeBytesMin
    }

    /// Gives the space back. False when there was none to give.
    package func release() -> Bool {
        isPresent.withLock { isPresent in
            guard isPresent else { return false }
            isPresent = false
            return unlink(path) == 0
        }
    }

    private func restore() {
        isPresent.withLock { isPresent in
            guard !isPresent else { return }
            var status = stat()
            if stat(path, &status) == 0, status.st_size == bytes, Int64(status.st_blocks) * 512 >= bytes {
                isPresent = true
                return
            }
            guard (DatabaseFile.freeBytes(at: folder) ?? 0) >= freeBytesMin + bytes else { return }
            let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard file >= 0 else { return }
            defer { close(file) }
            isPresent = posix_fallocate(file, 0, off_t(bytes)) == 0
            if !isPresent { unlink(path) }
        }
    }
}
