import CLinux
import Foundation

/// What is left of a beast when it is said to be over.
enum Remains {
    /// Processes that carry `mark` in their environment, or live in `directory`; not zombies, whose parent may be slow.
    static func processes(mark: String, directory: String) -> [pid_t] {
        pids().filter { belongs($0, mark: mark, directory: directory) }
    }

    /// Kills one of them, if its number still stands for it: numbers are soon used again here.
    static func kill(_ pid: pid_t, mark: String, directory: String) {
        let handle = linux_pidfd_open(pid)
        guard handle >= 0 else { return }
        if belongs(pid, mark: mark, directory: directory) { _ = linux_pidfd_send_signal(handle, SIGKILL) }
        close(handle)
    }

    private static func belongs(_ pid: pid_t, mark: String, directory: String) -> Bool {
        guard pid != getpid() else { return false }
        let environment = FileManager.default.contents(atPath: "/proc/\(pid)/environ") ?? Data()
        if environment.range(of: Data(mark.utf8)) != nil { return true }
        let place = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd")
        return place?.hasPrefix(directory) == true
    }

    /// Dead children of this process that nobody collected.
    static func zombies() -> [pid_t] {
        let own = "\(getpid())"
        return pids().filter { pid in
            guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
                let end = status.lastIndex(of: ")")
            else { return false }
            let fields = status[end...].split(separator: " ")
            return fields.count > 2 && fields[1] == "Z" && fields[2] == own
        }
    }

    /// Open descriptors of this process into `directory`, or on processes that are gone.
    static func descriptors(in directory: String) -> [String] {
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return numbers.compactMap { number in
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(number)")
            guard let target else { return nil }
            if target.hasPrefix(directory) { return target }
            guard target.contains("[pidfd]") else { return nil }
            let details = try? String(contentsOfFile: "/proc/self/fdinfo/\(number)", encoding: .utf8)
            return details?.contains("Pid:\t-1") == true ? target : nil
        }
    }

    /// Whether `condition` comes true within two seconds.
    static func settles(_ condition: () -> Bool) -> Bool {
        let deadline = Date().addingTimeInterval(2)
        while !condition() {
            if Date() > deadline { return false }
            poll(nil, 0, 5)
        }
        return true
    }

    private static func pids() -> [pid_t] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { pid_t($0) }
    }
}
