import Glibc

/// Tells whoever started this engine that it is ready: systemd by its socket, a command by one byte on a pipe; the
/// pipe's end tells that it won't be.
final class ReadySignal: Sendable {
    private let descriptor: Int32?
    private let service = ServiceNotice()

    /// The descriptor is kept from every child.
    init(descriptor: Int32?) {
        self.descriptor = descriptor
        if let descriptor { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    }

    func send() {
        service.send("READY=1")
        guard let descriptor else { return }
        var byte = UInt8(ascii: "+")
        _ = write(descriptor, &byte, 1)
        close(descriptor)
    }
}
