import Foundation

/// A server that a test started, with a folder of its own. Dead and gone after `stop`, or with the test's process.
package final class PrivateProcess: @unchecked Sendable {
    // `Process` may be used from any thread, one at a time: `lock` sees to it.
    private let process: Process
    private let lock = NSLock()
    private let logPath: String

    package init(_ program: String, _ arguments: [String], folder: String = "/tmp", log: String) throws {
        logPath = log
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"]
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.standardInput = FileHandle.nullDevice
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        process.standardOutput = file
        process.standardError = file
        try process.run()
        Leftovers.add(process.processIdentifier)
    }

    var isRunning: Bool { lock.withLock { process.isRunning } }

    /// Kills it, and returns when it is gone.
    package func stop() async {
        _ = lock.withLock { kill(process.processIdentifier, SIGKILL) }
        await ended()
    }

    /// Returns when it has ended; true when it ended with 0.
    @discardableResult
    package func ended() async -> Bool {
        while isRunning { await Pause.briefly() }
        Leftovers.remove(process.processIdentifier)
        return lock.withLock { !process.isRunning && process.terminationStatus == 0 }
    }

    /// Whether it said so, anywhere.
    func hasSaid(_ text: String) -> Bool {
        ((try? String(contentsOfFile: logPath, encoding: .utf8)) ?? "").contains(text)
    }

    /// The end of what it said.
    var lastWords: String {
        let text = (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? ""
        return String(text.suffix(1_500))
    }
}

/// Servers that still run when the test process ends normally are killed with it.
private enum Leftovers {
    private nonisolated(unsafe) static var pids: Set<Int32> = []
    private static let lock = NSLock()
    private static let once: Void = {
        _ = atexit { Leftovers.killAll() }
    }()

    static func add(_ pid: Int32) {
        _ = once
        _ = lock.withLock { pids.insert(pid) }
    }

    static func remove(_ pid: Int32) { _ = lock.withLock { pids.remove(pid) } }

    private static func killAll() {
        for pid in lock.withLock({ pids }) { kill(pid, SIGKILL) }
    }
}

/// A real server could not be had.
package struct RealServerError: Error, CustomStringConvertible {
    package let description: String
}

/// Between two looks at what other processes do without a signal.
private enum Pause {
    static func briefly() async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().asyncAfter(deadline: .now() + 0.02) { continuation.resume() }
        }
    }
}

/// Asks until the answer is yes; the pause is no wait for anything but the next ask.
package func poll(
    _ what: String, within limit: Duration = .seconds(60), _ isTrue: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !isTrue() {
        guard ContinuousClock.now < deadline else { throw RealServerError(description: "\(what): not in \(limit)") }
        await Pause.briefly()
    }
}

/// 127.0.0.1.
package enum Loopback {
    /// A TCP port that nobody had a moment ago.
    package static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = address(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, size) == 0 && getsockname(descriptor, pointer, &size) == 0
            }
        }
        guard isBound else { throw RealServerError(description: "no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// Whether somebody listens there now.
    package static func isListening(_ port: Int) -> Bool {
        let descriptor = connected(port)
        if descriptor >= 0 { close(descriptor) }
        return descriptor >= 0
    }

    /// The descriptor; -1 when nobody listens.
    private static func connected(_ port: Int) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = address(port: UInt16(truncatingIfNeeded: port))
        let isConnected = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        if isConnected { return descriptor }
        close(descriptor)
        return -1
    }

    /// Whether a GET is answered by 200 now.
    static func answersWell(_ path: String, port: Int) -> Bool {
        let descriptor = connected(port)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let request = Array("GET \(path) HTTP/1.0\r\n\r\n".utf8)
        guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else { return false }
        var head = [UInt8](repeating: 0, count: 12)
        guard recv(descriptor, &head, head.count, Int32(MSG_WAITALL)) == head.count else { return false }
        return head.suffix(3).elementsEqual("200".utf8)
    }

    private static func address(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        return address
    }
}
