import CLinux
import Glibc
import Synchronization

/// A shim that makes shims, by fork: the exec of a program costs more than all else a short attempt takes.
///
/// It is started with the first attempt, and again after it was lost. What it makes are children of this process, as if
/// this process had spawned them. docs/internals/shim-protocol.md has its messages.
final class ForkServer: Sendable {
    enum Outcome: Equatable {
        /// A child of ours that nobody has reaped yet.
        case started(pid_t)
        /// Nothing was started, and the shim is to be spawned directly.
        case unable
        /// It went away, or silent, when it had the message: the attempt's files tell what became of it.
        case unknown
    }

    /// More goes by direct spawning. A message has to fit into a socket's buffer.
    static let messageBytesMax = 96 << 10
    static let stringsMax = 8_192
    /// Longest path of an attempt that its process can show as its argument.
    static let pathBytesMax = 1_000
    /// How long it may be silent. Only a server that was stopped or lives on a machine that stands still is.
    static let patienceSeconds: Int32 = 10

    private struct Server {
        let pid: pid_t
        let socket: Int32
    }

    private struct State {
        var server: Server?
        /// Messages it took and has not answered.
        var unanswered = 0
        /// Those that it will never answer.
        var lost = 0
    }

    private let shimPath: String
    private let patienceSeconds: Int32
    private let state = Mutex(State())

    init(shimPath: String, patienceSeconds: Int32 = ForkServer.patienceSeconds) {
        self.shimPath = shimPath
        self.patienceSeconds = patienceSeconds
    }

    /// Nil while there is none.
    var process: pid_t? { state.withLock { $0.server?.pid } }

    deinit {
        state.withLock { Self.end(&$0) }
    }

    /// Asks for a shim for the attempt in `directory`, whose command will have `environment`. Each question that it
    /// took is answered by a call of `answer`, in order.
    ///
    /// - Parameter masks: A descriptor to read masks from, or -1.
    /// - Returns: False when it can't be asked; then nothing was started.
    func ask(_ directory: String, _ environment: [[UInt8]], masks: Int32) -> Bool {
        let path = Array(directory.utf8)
        let size = environment.reduce(path.count + 1) { $0 + $1.count + 1 }
        guard size <= Self.messageBytesMax, environment.count < Self.stringsMax, path.count <= Self.pathBytesMax
        else { return false }
        var message: [UInt8] = []
        message.reserveCapacity(size)
        message.append(contentsOf: path)
        message.append(0)
        for entry in environment {
            message.append(contentsOf: entry)
            message.append(0)
        }
        return state.withLock { state in
            if state.server == nil { state.server = launch() }
            guard let socket = state.server?.socket else { return false }
            let result = linux_send_message(socket, message, message.count, masks)
            if result == 0 { state.unanswered += 1 }
            if result == 0 || state.unanswered > 0 { return result == 0 }
            Self.end(&state)
            return false
        }
    }

    /// Waits for what became of the oldest question without an answer.
    func answer() -> Outcome {
        state.withLock { state in
            guard state.lost == 0, let socket = state.server?.socket else {
                state.lost = max(0, state.lost - 1)
                return .unknown
            }
            state.unanswered -= 1
            var answer: Int32 = 0
            if linux_receive_answer(socket, &answer) == 0 {
                // When it found no room for another process it is for us to say so, or to find some.
                return answer > 0 ? .started(answer) : .unable
            }
            Self.end(&state)
            return .unknown
        }
    }

    private func launch() -> Server? {
        var ends: [Int32] = [-1, -1]
        guard linux_message_pair(&ends, patienceSeconds) == 0 else { return nil }
        defer { close(ends[1]) }
        let room = [UInt8](repeating: UInt8(ascii: "-"), count: Self.pathBytesMax)
        let arguments = [Array("tminus-shim".utf8), Array("--serve".utf8), room]
        guard case .success(let pid) = Spawn.session(shimPath, arguments, [], input: ends[1]) else {
            close(ends[0])
            return nil
        }
        return Server(pid: pid, socket: ends[0])
    }

    /// Shims live on.
    private static func end(_ state: inout State) {
        state.lost += state.unanswered
        state.unanswered = 0
        guard let ended = state.server else { return }
        state.server = nil
        close(ended.socket)
        linux_put_down(ended.pid)
    }
}
