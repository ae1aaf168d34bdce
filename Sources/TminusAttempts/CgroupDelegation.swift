import CLinux
import Glibc

/// Whether this process may make cgroups of its own, which lets a shim kill whatever a step starts at one stroke.
package enum CgroupDelegation: Equatable, Sendable {
    /// Below this directory (absolute, exists) each attempt gets a cgroup.
    case usable(parent: String)
    /// Why not, as half a sentence. Shims then sweep the process tree.
    case unusable(reason: String)

    /// Looks at the mounts and at the cgroup this process is in, and tries: makes one, looks for `cgroup.kill`.
    package static func detect() -> CgroupDelegation {
        guard let mounts = SmallFile.readKernel("/proc/self/mountinfo"),
            let own = SmallFile.readKernel("/proc/self/cgroup")
        else { return .unusable(reason: "/proc does not tell about cgroups") }
        guard let (root, mountPoint) = mount(in: mounts) else {
            return .unusable(reason: "no cgroup v2 file system is mounted")
        }
        guard let line = own.split(separator: "\n").first(where: { $0.hasPrefix("0::") }) else {
            return .unusable(reason: "this process is in no cgroup v2")
        }
        var inside = String(line.dropFirst(3))
        // What is mounted may be a part of the tree: paths count from there.
        if root != "/" {
            guard inside.hasPrefix(root) else {
                return .unusable(reason: "its own cgroup lies outside of the mounted ones")
            }
            inside.removeFirst(root.count)
        }
        let base = inside == "/" || inside.isEmpty ? mountPoint : mountPoint + inside
        return attempt(at: base)
    }

    /// Tries a directory that is meant to be the one this process owns.
    package static func attempt(at base: String) -> CgroupDelegation {
        guard linux_is_cgroup2(base) == 1 else { return .unusable(reason: "\(base) is not a cgroup v2 directory") }
        let parent = "\(base)/tminus-attempts"
        guard mkdir(parent, 0o755) == 0 || errno == EEXIST else {
            return .unusable(reason: "making a cgroup below \(base) failed: \(String(cString: strerror(errno)))")
        }
        let probe = "\(parent)/probe-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        guard mkdir(probe, 0o755) == 0 else {
            return .unusable(reason: "making a cgroup below \(parent) failed: \(String(cString: strerror(errno)))")
        }
        defer { rmdir(probe) }
        guard access("\(probe)/cgroup.kill", W_OK) == 0 else {
            return .unusable(reason: "the kernel has no cgroup.kill (it came with Linux 5.14)")
        }
        return .usable(parent: parent)
    }

    /// The root within the tree and the place of the first cgroup v2 mount.
    private static func mount(in mountinfo: String) -> (root: String, place: String)? {
        for line in mountinfo.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count, fields[dash + 1] == "cgroup2",
                fields.count > 4
            else { continue }
            return (String(fields[3]), String(fields[4]))
        }
        return nil
    }
}
