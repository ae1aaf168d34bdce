import Glibc
import Synchronization
import TminusAPI
import TminusCore
import TminusModel
import TminusReports

/// The live view: redrawn in place below the prompt, so that its last state stays in the scrollback.
///
/// A frame is one write. The cursor goes up over the last frame, every line is overwritten and cleared to its end, and
/// what is left below is cleared: no line is ever blank in between.
final class LiveDisplay: RunDisplay {
    let wantsTicks = true
    private let run: String
    private let look: LookOptions
    private let directory: DataDirectory
    private let screen = Mutex(Screen())
    /// How long the same pipeline usually took, once asked.
    private let usual = Mutex<Duration?>(nil)

    private struct Screen {
        var events: [Event] = []
        /// The last frame's lines and the width it was made for.
        var last: [StyledLine] = []
        var isOpen = false
        var echo: termios?
        var hasAskedUsual = false
    }

    init(_ run: String, _ look: LookOptions, _ directory: DataDirectory) {
        self.run = run
        self.look = look
        self.directory = directory
    }

    func show(_ event: Event, _ state: RunState, isLast: Bool) {
        screen.withLock { screen in
            screen.events.append(event)
            if !screen.hasAskedUsual {
                screen.hasAskedUsual = true
                askUsual(state)
            }
        }
    }

    func tick(_ state: RunState) { draw(state, footer: "Ctrl-C leaves the view; the run goes on") }

    func end(_ state: RunState) {
        draw(state, footer: "")
        close()
        let events = screen.withLock { $0.events }
        let report = RunReport(state, events: events, clock: LocalTime.clock(at: state.submittedAt))
        Output(look).print(report.short)
    }

    func detach(_ state: RunState?) {
        if let state { draw(state, footer: "") }
        close()
        Output.write("\n")
        for line in Farewell.lines(run, state) { Output.complain(line) }
    }

    func leave(_ state: RunState, _ needs: [Need]) {
        draw(state, footer: "")
        close()
        for line in Farewell.waiting(run, needs) { Output.complain(line) }
    }

    func close() {
        screen.withLock { screen in
            guard screen.isOpen else { return }
            screen.isOpen = false
            Output.write("\u{1B}[?25h")
            if var echo = screen.echo { tcsetattr(STDIN_FILENO, TCSANOW, &echo) }
        }
    }

    // MARK: Drawing

    private func draw(_ state: RunState, footer: String) {
        guard let size = TerminalSize.current else { return }
        let now = LocalTime.now
        let frame = LiveFrame(
            state, now: max(now, state.lastAt), size: size, clock: LocalTime.clock(at: now),
            usual: usual.withLock { $0 }, footer: footer, glyphs: Self.glyphs)
        screen.withLock { screen in
            let lines = frame.lines
            if !screen.isOpen { open(&screen) }
            guard lines != screen.last else { return }
            Output.write(Self.painting(lines, over: screen.last, columns: size.columns, isColoured: look.isColoured))
            screen.last = lines
        }
    }

    /// The bytes that put `lines` in the place of `last`. A line that was drawn on a wider screen may have been folded
    /// by the terminal since: it then takes several rows.
    static func painting(
        _ lines: [StyledLine], over last: [StyledLine], columns: Int, isColoured: Bool
    ) -> String {
        var text = "\u{1B}[?2026h"
        let rows = last.reduce(0) { $0 + max(1, ($1.cellWidth + columns - 1) / columns) }
        if rows > 0 { text += "\u{1B}[\(rows)A" }
        text += "\r"
        for line in lines { text += line.rendered(isColoured: isColoured) + "\u{1B}[K\r\n" }
        return text + "\u{1B}[J\u{1B}[?2026l"
    }

    private func open(_ screen: inout Screen) {
        screen.isOpen = true
        // What is typed meanwhile must not land in the middle of a frame.
        var settings = termios()
        if isatty(STDIN_FILENO) == 1, tcgetattr(STDIN_FILENO, &settings) == 0 {
            screen.echo = settings
            settings.c_lflag &= ~tcflag_t(ECHO)
            tcsetattr(STDIN_FILENO, TCSANOW, &settings)
        }
        Output.write("\u{1B}[?25l")
    }

    private static let glyphs: Glyphs = {
        let environment = Environment.current
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        let isUnicode = locale.lowercased().contains("utf-8") || locale.lowercased().contains("utf8")
        return isUnicode ? .unicode : .ascii
    }()

    // MARK: Usual duration

    private func askUsual(_ state: RunState) {
        let (plan, own) = (state.plan, run)
        Task { [weak self, directory] in
            let client = EngineClient(socket: directory.socket)
            let runs = try? await client.runs(
                service: plan.service, environment: plan.environment, status: RunOutcome.succeeded.rawValue, limit: 20)
            await client.shutdown()
            let earlier = (runs ?? []).filter { $0.pipeline == plan.pipeline && $0.run != own }
            self?.usual.withLock { $0 = UsualDuration.median(of: earlier) }
        }
    }
}

/// How long something usually takes.
enum UsualDuration {
    /// The middle one of the runs that have ended; nil when there are none.
    static func median(of runs: [RunSummary]) -> Duration? {
        let sorted = runs.compactMap { run in run.ended.map { $0.since(run.submitted) } }.sorted()
        return sorted.isEmpty ? nil : sorted[sorted.count / 2]
    }
}
