import ControlAPI
import JobQueue
import MediaModel
import Pipeline

/// Everything that Prometheus is told, in the order of the page. Names are a contract.
struct MetricsPage {
    var status: StatusDocument
    var totals: PipelineTotals
    var disks: [DiskSpace]
    var process: ProcessUsage

    var text: String {
        var page = MetricsText()
        addDaemon(to: &page)
        addQueue(to: &page)
        addWork(to: &page)
        addMachine(to: &page)
        return page.text
    }

    private func addDaemon(to page: inout MetricsText) {
        page.add(
            "vitrine_build_info", .gauge, "Always 1; the label is the version.",
            [([("version", status.version)], 1)])
        page.add(
            "vitrine_state", .gauge, "1 for the state the daemon is in.",
            StatusDocument.State.allCases.map {
                ([("state", $0.rawValue)], status.state == $0 ? 1 : 0)
            })
        page.add(
            "vitrine_sandbox_active", .gauge, "1 when workers are fully confined.",
            status.sandbox == "active" ? 1 : 0)
        page.add(
            "vitrine_intake_accepting", .gauge, "1 when uploads are taken in.",
            status.intake.state == "accepting" ? 1 : 0)
        page.add(
            "vitrine_workers", .gauge, "Jobs that may run at once.", Double(status.workers.count))
        page.add(
            "vitrine_workers_busy", .gauge, "Jobs that run.", Double(status.workers.running))
        page.add(
            "vitrine_workers_waiting", .gauge,
            "Of the jobs that run, those that wait for memory or scratch space.",
            Double(status.workers.waiting))
        page.add(
            "vitrine_memory_held_bytes", .gauge, "Memory that running jobs hold, by estimate.",
            Double(status.workers.heldMemoryBytes))
        if let memory = status.workers.memoryBytes {
            page.add(
                "vitrine_memory_for_jobs_bytes", .gauge, "Memory that jobs may hold together.",
                Double(memory))
        }
    }

    private func addQueue(to page: inout MetricsText) {
        let queue = status.queue
        let jobs: [(JobState, Int)] = [
            (.available, queue.available), (.running, queue.running),
            (.retryable, queue.retryable), (.held, queue.held), (.completed, queue.completed),
            (.cancelled, queue.cancelled), (.discarded, queue.discarded),
        ]
        page.add(
            "vitrine_jobs", .gauge, "Jobs by state.",
            jobs.map { ([("state", $0.0.rawValue)], Double($0.1)) })
        page.add(
            "vitrine_items", .gauge, "Items by state.",
            status.items.sorted { $0.key < $1.key }.map { ([("state", $0.key)], Double($0.value)) })
        page.add(
            "vitrine_queue_paused", .gauge, "1 while an operator has paused the queue.",
            queue.paused ? 1 : 0)
        page.add(
            "vitrine_queue_oldest_seconds", .gauge,
            "How long the oldest available job has been waiting; 0 when none is.",
            queue.oldestSeconds ?? 0)
    }

    private func addWork(to page: inout MetricsText) {
        page.add(
            "vitrine_attempts_total", .counter, "Attempts that ended, by outcome.",
            PipelineTotals.Outcome.allCases.map {
                ([("outcome", $0.rawValue)], Double(totals.attempts[$0] ?? 0))
            })
        page.add(
            "vitrine_worker_crashes_total", .counter, "Workers that died without a word.",
            Double(totals.attempts[.crashed] ?? 0))
        page.add(
            "vitrine_published_total", .counter, "Manifests published, by kind of item.",
            MediaKind.allCases.map {
                ([("kind", $0.rawValue)], Double(totals.published[$0] ?? 0))
            })
        page.add(
            "vitrine_media_seconds_total", .counter, "Playing time of what was published.",
            MediaKind.allCases.map { ([("kind", $0.rawValue)], totals.mediaSeconds[$0] ?? 0) })
        page.addHistogram(
            "vitrine_stage_seconds", "How long attempts were in a stage.", label: "stage",
            bounds: PipelineTotals.Spread.bounds,
            PipelineTotals.stages.map { stage in
                let spread = totals.stages[stage] ?? .init()
                return (stage, spread.counts, spread.count, spread.sum)
            })
    }

    private func addMachine(to page: inout MetricsText) {
        page.add(
            "vitrine_disk_free_bytes", .gauge, "Free on the file system of a directory.",
            disks.map { ([("place", $0.place)], Double($0.freeBytes)) })
        page.add(
            "vitrine_disk_size_bytes", .gauge, "Size of the file system of a directory.",
            disks.map { ([("place", $0.place)], Double($0.totalBytes)) })
        page.add(
            "process_start_time_seconds", .gauge, "When the daemon started, since 1970.",
            status.startedAt.secondsSince1970)
        page.add(
            "process_cpu_seconds_total", .counter,
            "Processor time of the daemon, without its workers.", process.cpuSeconds)
        page.add(
            "process_resident_memory_bytes", .gauge, "Memory of the daemon, without its workers.",
            Double(process.residentBytes))
        page.add(
            "process_open_fds", .gauge, "Open descriptors of the daemon.",
            Double(process.openDescriptors))
    }
}
