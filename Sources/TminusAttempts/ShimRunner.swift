import CLinux
import Glibc
import TminusModel
package import TminusPorts

/// Runs attempts through `tminus-shim`, one process per attempt, which outlives this one.
/// docs/internals/shim-protocol.md is the protocol.
package final class ShimRunner: StepRunner {
    let shimPath: String
    private let cgroupParent: String?
    private let watch: AttemptWatch
    private let starter: AttemptStarter
    private let queue: StartQueue

    /// - Parameters:
    ///   - dataDirectory: Absolute; an order's directories are relative to it.
    ///   - shimPath: Absolute path of `tminus-shim`.
    ///   - tminusPath: Absolute path of `tminus`, for `perform`.
    ///   - cgroupParent: Where attempts get cgroups of their own (`CgroupDelegation`); nil to sweep the process tree.
    ///   - onReports: Called on the runner's own thread; must not block for long, or ends are noticed late.
    /// - Throws: `SystemFault` when the system refuses an epoll set or a thread, or has no boot identifier.
    package init(
        dataDirectory: String, shimPath: String, tminusPath: String, cgroupParent: String?,
        onReports: @escaping @Sendable ([AttemptReport]) -> Void
    ) throws(SystemFault) {
        self.shimPath = shimPath
        self.cgroupParent = cgroupParent
        watch = try AttemptWatch(onReports: onReports)
        starter = try AttemptStarter(
            dataDirectory: dataDirectory, shimPath: shimPath, tminusPath: tminusPath, cgroupParent: cgroupParent,
            watch: watch)
        queue = try StartQueue(starter: starter)
    }

    deinit {
        queue.close()
        watch.shutDown()
    }

    /// Returns at once; the runner's own thread spawns the shim. A `stop` that comes before that is not lost.
    package func start(_ order: AttemptOrder) {
        if watch.arrive(order.key) { queue.add(order) }
    }

    package func adopt(_ order: AttemptOrder) async {
        if watch.arrive(order.key) { starter.pickUp(order) }
    }

    package func stop(_ key: AttemptKey) async {
        watch.stop(key)
    }

    /// How attempts are killed here, for `doctor`: one line.
    package func describe() -> String {
        if let cgroupParent {
            return "cgroup v2: each attempt gets a cgroup below \(cgroupParent), killed at one stroke"
        }
        return "sweep: the tree below each shim is walked and killed until none is left; a fork bomb can outrun that"
    }
}
