import Glibc

/// The program that is running.
enum Executable {
    /// Its absolute path; the kernel's own name for it when the file was replaced meanwhile.
    static let path: String = {
        var buffer = [CChar](repeating: 0, count: 4_096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0, count < buffer.count else { return "/proc/self/exe" }
        let text = String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
        return text.hasSuffix(" (deleted)") ? "/proc/self/exe" : text
    }()

    /// The file `name` beside it.
    static func beside(_ name: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return name }
        return String(path[...slash]) + name
    }
}
