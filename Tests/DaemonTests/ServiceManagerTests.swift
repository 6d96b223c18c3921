import Foundation
import TestSupport
import Testing

@testable import Daemon

@Suite struct ServiceManagerTests {
    @Test func everyMessageIsOneDatagram() throws {
        let directory = try TemporaryDirectory("notify")
        let listener = try NotifyListener(directory)
        let manager = ServiceManager(
            environment: ["NOTIFY_SOCKET": listener.path, "WATCHDOG_USEC": "60000000"],
            processID: 1)
        manager.ready(status: "ready")
        #expect(listener.next() == "READY=1\nSTATUS=ready")
        manager.status("1 running\nREADY=1")
        #expect(listener.next() == "STATUS=1 running READY=1")
        manager.alive()
        #expect(listener.next() == "WATCHDOG=1")
        manager.extendTimeout(by: .seconds(20))
        #expect(listener.next() == "EXTEND_TIMEOUT_USEC=20000000")
        manager.stopping(status: "bye")
        #expect(listener.next() == "STOPPING=1\nSTATUS=bye")
        #expect(listener.next() == nil)
        #expect(manager.watchdogInterval == .seconds(30))
    }

    @Test func withoutAServiceManagerNothingIsSaid() {
        let manager = ServiceManager(environment: [:], processID: 1)
        manager.ready(status: "nobody hears")
        #expect(manager.watchdogInterval == nil)
    }

    @Test func aWatchdogForAnotherProcessIsNotOurs() {
        let environment = ["WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "7"]
        #expect(ServiceManager(environment: environment, processID: 8).watchdogInterval == nil)
        #expect(
            ServiceManager(environment: environment, processID: 7).watchdogInterval
                == .milliseconds(500))
    }
}
