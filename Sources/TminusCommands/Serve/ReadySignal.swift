import Glibc

/// Tells whoever started this engine that it is ready, by one byte on a pipe; its end tells that it won't be.
final class ReadySignal: Sendable {
    private let descriptor: Int32?

    /// The descriptor is kept from every child.
    init(descriptor: Int32?) {
        self.descriptor = descriptor
        if let descriptor { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    }

    func send() {
        guard let descriptor else { return }
        var byte = UInt8(ascii: "+")
        _ = write(descriptor, &byte, 1)
        close(descriptor)
    }
}
