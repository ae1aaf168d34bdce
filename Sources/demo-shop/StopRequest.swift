import Foundation
import Synchronization

/// Whether somebody asked this process to stop. Signals belong to the whole process, and so does the answer.
enum StopRequest {
    private static let requested = Atomic<Bool>(false)

    /// True from the first SIGTERM or SIGINT after ``watchSignals()``.
    static var isRequested: Bool { requested.load(ordering: .relaxed) }

    /// From now on SIGTERM and SIGINT set the request and no longer end the process.
    static func watchSignals() {
        // Read once here: a global is made at its first use, and that must not be inside a signal's handler.
        _ = isRequested
        for number in [SIGTERM, SIGINT] {
            signal(number) { _ in StopRequest.requested.store(true, ordering: .relaxed) }
        }
    }

    /// Sends this process SIGTERM when standard input ends, so that it never outlives the process that holds the pipe.
    static func whenStandardInputEnds() {
        Thread.detachNewThread {
            while !FileHandle.standardInput.availableData.isEmpty {}
            kill(getpid(), SIGTERM)
        }
    }
}
