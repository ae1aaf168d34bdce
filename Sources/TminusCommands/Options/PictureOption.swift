package import ArgumentParser
import Glibc
import TminusReports

/// A file for a picture.
package struct PictureOption: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Write the picture to a file too, as SVG.", valueName: "file"))
    package var svg: String?

    package init() {}

    /// Writes the picture when a file was named.
    ///
    /// - Throws: `.failed` when it can't be written, or there is nothing to draw.
    func write(_ chart: Chart) throws(Failure) {
        guard let svg else { return }
        if chart.isEmpty { throw Failure(.failed, "there is nothing to draw in \(svg): nothing was measured") }
        try TextFile.write(chart.svg, to: svg)
        Output.complain("wrote \(svg)")
    }
}

/// Whole text files.
enum TextFile {
    /// - Throws: `.failed` with the system's reason.
    static func write(_ text: String, to path: String) throws(Failure) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Failure(.failed, "\(path) can't be written: \(reason)") }
        defer { close(descriptor) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if errno != EINTR {
                throw Failure(.failed, "\(path) can't be written: \(reason)")
            }
        }
    }

    /// At most 64 MiB.
    ///
    /// - Throws: `.badInput` when it can't be read.
    static func read(_ path: String) throws(Failure) -> String {
        guard let text = SmallFile.text(path, bytesMax: 67_108_864) else {
            throw Failure(.badInput, "\(path) can't be read, or is longer than 64 MiB")
        }
        return text
    }

    private static var reason: String { String(cString: strerror(errno)) }
}
