import TminusModel

/// Where pinned files really are: a relative path that is pinned stands for its copy in the run's directory.
struct PinnedPaths {
    /// Absolute.
    let directory: String
    /// Relative paths without a leading `./`.
    let pinned: Set<String>

    init(directory: String, pinned: [String]) {
        self.directory = directory
        self.pinned = Set(pinned.map(Self.plain))
    }

    /// The copy when `path` is pinned, else `path` itself.
    func file(_ path: String) -> String {
        let plain = Self.plain(path)
        return pinned.contains(plain) ? "\(directory)/\(plain)" : path
    }

    /// The copy when anything below `path` is pinned, else `path` itself.
    func folder(_ path: String) -> String {
        var plain = Self.plain(path)
        while plain.last == "/" { plain.removeLast() }
        guard !path.hasPrefix("/"), pinned.contains(where: { $0.hasPrefix(plain + "/") }) else { return path }
        return "\(directory)/\(plain)"
    }

    func command(_ command: Command) -> Command {
        var mapped = command
        if let program = command.argv.first, !command.isShell { mapped.argv[0] = file(program) }
        return mapped
    }

    func performance(_ performance: Performance) -> Performance {
        switch performance {
        case .http, .smoke: performance
        case .backup(let check): .backup(backup(check))
        case .migrate(let change): .migrate(migration(change))
        case .migrationStatus(let change): .migrationStatus(migration(change))
        }
    }

    private func backup(_ check: BackupCheck) -> BackupCheck {
        var mapped = check
        switch check.tool {
        case .restic: break
        case .attestation(let path): mapped.tool = .attestation(file: file(path))
        case .attestationCommand(let tool): mapped.tool = .attestationCommand(command(tool))
        }
        return mapped
    }

    private func migration(_ migration: Migration) -> Migration {
        var mapped = migration
        switch migration.tool {
        case .sqlite(let directory, let database):
            mapped.tool = .sqlite(directory: folder(directory), database: database)
        case .commands(let status, let preview, let apply, let revert):
            mapped.tool = .commands(
                status: command(status), preview: preview.map(command), apply: command(apply),
                revert: revert.map(command))
        }
        return mapped
    }

    private static func plain(_ path: String) -> String {
        path.hasPrefix("./") ? String(path.dropFirst(2)) : path
    }
}
