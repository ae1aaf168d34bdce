import CLinux
import Glibc

/// Starting processes of our own, from bytes: an environment need not be UTF-8.
enum Spawn {
    /// Starts `path` in a session of its own; `input` and `output` as `linux_spawn_session` has them.
    static func session(
        _ path: String, _ arguments: [[UInt8]], _ environment: [[UInt8]], input: Int32 = -1, output: Int32 = -1
    ) -> Result<pid_t, SystemFault> {
        withVector(arguments) { argv in
            withVector(environment) { envp in
                var pid: pid_t = 0
                let result = linux_spawn_session(path, argv, envp, input, output, &pid)
                return result == 0 ? .success(pid) : .failure(SystemFault(code: -result, doing: "start \(path)"))
            }
        }
    }

    /// One block of NUL-terminated strings, and a NULL-terminated vector of pointers into it.
    private static func withVector<Value>(
        _ strings: [[UInt8]], _ body: ([UnsafeMutablePointer<CChar>?]) -> Value
    ) -> Value {
        let size = strings.reduce(0) { $0 + $1.count + 1 }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: max(1, size)) { block in
            var vector: [UnsafeMutablePointer<CChar>?] = []
            vector.reserveCapacity(strings.count + 1)
            var next = block.startIndex
            for string in strings {
                vector.append(block.baseAddress.map { $0 + next })
                for byte in string {
                    block.initializeElement(at: next, to: CChar(bitPattern: byte))
                    next += 1
                }
                block.initializeElement(at: next, to: 0)
                next += 1
            }
            vector.append(nil)
            return body(vector)
        }
    }
}

/// A process environment under construction: names in order, later values win.
struct StepEnvironment {
    private var variables: [(name: String, value: [UInt8])] = []

    /// - Throws: `NotStarted` for what no environment can hold.
    mutating func set(_ name: String, _ value: [UInt8]) throws(NotStarted) {
        guard !name.isEmpty, !name.utf8.contains(0), !name.utf8.contains(UInt8(ascii: "=")) else {
            throw NotStarted(reason: "\"\(name)\" can't be the name of an environment variable")
        }
        guard !value.contains(0) else { throw NotStarted(reason: "the environment variable \(name) holds a NUL") }
        if let known = variables.firstIndex(where: { $0.name == name }) {
            variables[known].value = value
        } else {
            variables.append((name, value))
        }
    }

    /// `NAME=value`, each.
    var entries: [[UInt8]] {
        variables.map { variable in
            var entry: [UInt8] = []
            entry.reserveCapacity(variable.name.utf8.count + 1 + variable.value.count)
            entry.append(contentsOf: variable.name.utf8)
            entry.append(UInt8(ascii: "="))
            entry.append(contentsOf: variable.value)
            return entry
        }
    }
}
