import CLinux
import Foundation
import Testing
import TminusModel
import TminusPorts

@testable import TminusAttempts

/// A small file system that is full but for a few blocks, or has no room for another file.
@Suite(.timeLimit(.minutes(30))) struct DiskFullTests {
    enum Small: String, CaseIterable, CustomTestStringConvertible {
        case tmpfs
        case tmpfsWithoutInodes = "tmpfs without inodes"
        case ext4

        var testDescription: String { rawValue }
    }

    @Test(arguments: Small.allCases)
    func onAFullDiskAResultIsKeptOrUnknownAndNeverFalse(small: Small) async throws {
        var tally = Tally("disk full", small.rawValue)
        defer { tally.write() }
        await Cages.enter()
        defer { Cages.leave() }
        let ground = try Ground()
        let disk = "\(ground.path)/disk"
        guard Self.mount(small, at: disk, ground) else {
            tally.skipped = "mounting isn't permitted here"
            try Test.cancel("mounting \(small.rawValue) isn't permitted here: no disk was full")
        }
        defer { _ = Self.run("umount -l '\(disk)'") }
        var told: Set<String> = []
        for free in 0..<Tally.count("TMINUS_DISK_LEVELS", otherwise: 8) {
            tally.runs += 1
            tally.faults += 1
            let scene = Scene.all[free % 2]
            let trial = try Trial(
                scene, injector: [], secondShimFirst: false, in: ground, number: free + 1, attempts: disk)
            Self.fill(small, disk, leaving: free / 2)
            var whileFull: AttemptDirectory.Evidence?
            let (found, said) = try trial.play {
                whileFull = try? trial.directory.settle()
                _ = Self.run("rm -rf '\(disk)/filler'")
            }
            tally.violations += found
            told.insert(said)
            if let whileFull, whileFull != (try? trial.directory.settle()) {
                tally.violations.append("\(whileFull) while full, and something else after")
            }
            // The next attempt finds as much room as this one.
            _ = Self.run("rm -rf '\(disk)/runs'")
        }
        #expect(tally.violations == [])
        #expect(!told.isEmpty)
    }

    // MARK: A small disk

    private static func mount(_ small: Small, at disk: String, _ ground: Ground) -> Bool {
        let options = "-t tmpfs -o size=256k"
        return switch small {
        case .tmpfs: run("mkdir '\(disk)' && mount \(options),nr_inodes=1000 tmpfs '\(disk)'")
        case .tmpfsWithoutInodes: run("mkdir '\(disk)' && mount \(options),nr_inodes=60 tmpfs '\(disk)'")
        case .ext4:
            run(
                """
                mkdir '\(disk)' && truncate -s 4M '\(ground.path)/image' && \
                /sbin/mkfs.ext4 -q -m 0 -O ^has_journal '\(ground.path)/image' && \
                mount -o loop '\(ground.path)/image' '\(disk)'
                """)
        }
    }

    /// Takes all blocks, or all inodes, but `leaving` of them.
    private static func fill(_ small: Small, _ disk: String, leaving: Int) {
        switch small {
        case .tmpfs, .ext4:
            let block = small == .ext4 ? 1024 : 4096
            _ = run(
                """
                mkdir '\(disk)/filler'; cd '\(disk)/filler'
                for i in $(seq \(leaving)); do head -c \(block) /dev/zero > $i; done
                cat /dev/zero > big; sync big
                for i in $(seq \(leaving)); do rm $i; done
                """)
        case .tmpfsWithoutInodes:
            _ = run(
                """
                mkdir '\(disk)/filler'; for i in $(seq 0 99); do touch '\(disk)/filler/'$i || break; done
                n=\(leaving); while [ $n -gt 0 ]; do n=$((n-1)); rm -f '\(disk)/filler/'$n; done
                """)
        }
    }

    private static func run(_ script: String) -> Bool {
        let words = ["/bin/sh", "-c", script + " 2>/dev/null"].map { Array($0.utf8) }
        guard let pid = try? Spawn.session("/bin/sh", words, [Array("PATH=/usr/bin:/bin:/sbin:/usr/sbin".utf8)]).get()
        else { return false }
        return Ground.wait(pid) == 0
    }
}
