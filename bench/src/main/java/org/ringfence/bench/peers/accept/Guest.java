package org.ringfence.bench.peers.accept;

import org.ringfence.bench.peers.accept.GuestOperation.Accept;
import org.ringfence.bench.peers.accept.GuestOperation.LoadBit;
import org.ringfence.bench.peers.accept.GuestOperation.Read;
import org.ringfence.bench.peers.accept.GuestOperation.Seen;
import org.ringfence.bench.peers.accept.GuestOperation.StoreBit;
import org.ringfence.bench.peers.accept.GuestOperation.Write;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;

/** Accepts and writes every page, then reads every page back. */
public record Guest(int pages) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        for (int page = 0; page < pages; page++) {
            if (!cpu.ask(new LoadBit(page))) {
                cpu.ask(new Accept(page));
                cpu.ask(new StoreBit(page));
            }
            if (!cpu.ask(new Write(page))) {
                throw new Panic("fault at page " + page);
            }
        }
        for (int page = 0; page < pages; page++) {
            Seen seen = cpu.ask(new Read(page));
            if (seen == Seen.FAULT) {
                throw new Panic("fault at page " + page);
            }
            if (seen != Seen.SECRET) {
                throw new Panic("page " + page + " lost what was written");
            }
        }
        return Done.DONE;
    }
}
