package org.ringfence.wasm.imports;

import static org.ringfence.wasm.imports.Signature.Type.I32;
import static org.ringfence.wasm.imports.Signature.Type.I64;

import java.util.List;
import org.ringfence.machine.cca.AwaitRecExit;
import org.ringfence.machine.cca.AwaitRecExit.RecExit;
import org.ringfence.machine.cca.BackingGranule;
import org.ringfence.machine.cca.GranuleIsFree;
import org.ringfence.machine.cca.rmi.DataCommand;
import org.ringfence.machine.cca.rmi.GranuleCommand;
import org.ringfence.machine.cca.rmi.ReadEntry;
import org.ringfence.machine.cca.rmi.RealmCommand;
import org.ringfence.machine.cca.rmi.RecCommand;
import org.ringfence.machine.cca.rmi.RipasCommand;
import org.ringfence.machine.cca.rmi.RmiCommand;
import org.ringfence.machine.cca.rmi.RttCommand;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Frame;

/**
 * SMC as the code of a host of Arm CCA makes it: RMI by registers, and what a host keeps in its own notes. Source: RMM
 * specification 1.0; TF-RMM, smc-rmi.h.
 */
public final class CcaHostImports {
    private static final long RMI = 0xC400_0150L;
    private static final int WORD = 8;
    private static final int MOST_RECS = 8;
    private static final long INJECT_SEA = 1 << 1;
    private static final long REJECT = 1 << 4;
    private static final int VMID = 0x800;
    private static final int RTT_BASE = 0x808;
    private static final int MPIDR = 0x100;

    /** The library. */
    public static final Library LIBRARY = new Library(
            "cca-host",
            "SMC by registers: RMI; exits of RECs, and the host's notes",
            List.of(
                    new Import(
                            "smc",
                            Signature.of(I32),
                            "RMI_GRANULE, RMI_DATA, RMI_REALM, RMI_REC and RMI_RTT commands, by X0",
                            CcaHostImports::smc),
                    new Import(
                            "await_exit",
                            Signature.of(I32, I32),
                            "waiting until one of so many RECs is out; struct ringfence_cca_exit",
                            CcaHostImports::awaitExit),
                    new Import(
                            "is_free",
                            Signature.of(I64).giving(I32),
                            "the allocator's look whether a frame is the host's and mapped nowhere",
                            call -> Reply.of(call.ask(new GranuleIsFree(ImportedFrames.at(call, 0))) ? 1 : 0)),
                    new Import(
                            "granule_of",
                            Signature.of(I32, I64).giving(I64),
                            "looking up the frame given for something: enum ringfence_cca_granule; its HPA",
                            CcaHostImports::granuleOf)));

    private CcaHostImports() {}

    private static Reply smc(ImportCall call) {
        SmcRegisters in = SmcRegisters.of(call);
        long number = in.x(0) - RMI;
        if (number == 0x11) {
            ReadEntry.Found found = call.ask(new ReadEntry(frame(in, 1), in.x(2), (int) in.x(3)));
            return in.returning(
                    found.x0().x0(), found.level(), found.hipas().number(), 0, found.ripas().number());
        }
        return in.returning(call.ask(command(call, in, number)).x0());
    }

    /** By the number of a function: its last two digits beyond 0x50. */
    private static RmiCommand command(ImportCall call, SmcRegisters in, long number) {
        if (number < 0 || number > Byte.MAX_VALUE) {
            throw unmapped(call, in);
        }
        return switch ((int) number) {
            case 0x1 -> new GranuleCommand.Delegate(frame(in, 1));
            case 0x2 -> new GranuleCommand.Undelegate(frame(in, 1));
            case 0x3 ->
                new DataCommand.Create(frame(in, 1), frame(in, 2), in.x(3), frame(in, 4), (in.x(5) & 1) != 0);
            case 0x4 -> new DataCommand.CreateUnknown(frame(in, 1), frame(in, 2), in.x(3));
            case 0x5 -> new DataCommand.Destroy(frame(in, 1), in.x(2));
            case 0x7 -> new RealmCommand.Activate(frame(in, 1));
            case 0x8 ->
                new RealmCommand.Create(
                        frame(in, 1),
                        ImportedFrames.of(call, call.read(in.x(2) + RTT_BASE)),
                        (int) call.read(in.x(2) + VMID) & 0xFFFF);
            case 0x9 -> new RealmCommand.Destroy(frame(in, 1));
            case 0xA ->
                new RecCommand.Create(frame(in, 1), frame(in, 2), (int) call.read(in.x(3) + MPIDR) & 0xFF);
            case 0xB -> new RecCommand.Destroy(frame(in, 1));
            case 0xC -> {
                long flags = call.read(in.x(2));
                yield new RecCommand.Enter(frame(in, 1), (flags & INJECT_SEA) != 0, (flags & REJECT) != 0);
            }
            case 0xD -> new RttCommand.Create(frame(in, 1), frame(in, 2), in.x(3), (int) in.x(4));
            case 0xE -> new RttCommand.Destroy(frame(in, 1), in.x(2), (int) in.x(3));
            case 0xF ->
                new RttCommand.MapUnprotected(
                        frame(in, 1), in.x(2), (int) in.x(3), ImportedFrames.of(call, in.x(4) & -Geometry.SMALL));
            case 0x12 -> new RttCommand.UnmapUnprotected(frame(in, 1), in.x(2), (int) in.x(3));
            case 0x16 -> new RttCommand.Fold(frame(in, 1), in.x(2), (int) in.x(3));
            case 0x18 -> new RipasCommand.InitRipas(frame(in, 1), in.x(2), in.x(3));
            case 0x19 -> new RipasCommand.SetRipas(frame(in, 1), frame(in, 2), in.x(3), in.x(4));
            default -> throw unmapped(call, in);
        };
    }

    private static RuntimeException unmapped(ImportCall call, SmcRegisters in) {
        return call.refused("makes an SMC with X0=0x%X, which is no command that is mapped".formatted(in.x(0)));
    }

    private static Frame frame(SmcRegisters in, int register) {
        return ImportedFrames.of(in.call(), in.x(register));
    }

    private static Reply awaitExit(ImportCall call) {
        long recs = call.argument(0);
        if (recs < 1 || recs > MOST_RECS) {
            throw call.refused("waits for %d RECs; allowed are 1 to %d".formatted(recs, MOST_RECS));
        }
        RecExit exit = call.ask(new AwaitRecExit((int) recs, call.geometry()));
        long to = call.argument(1);
        return Reply.NOTHING.writing(to, exit.rec())
                .writing(to + WORD, exit.reason().ordinal())
                .writing(to + 2 * WORD, exit.gpa())
                .writing(to + 3 * WORD, exit.pages())
                .writing(to + 4 * WORD, exit.ripas().number());
    }

    private static Reply granuleOf(ImportCall call) {
        BackingGranule.Of[] kinds = BackingGranule.Of.values();
        long kind = call.argument(0);
        if (kind >= kinds.length) {
            throw call.refused("looks up %d, which is none of enum ringfence_cca_granule".formatted(kind));
        }
        long what = call.argument(1);
        boolean isPage =
                kinds[(int) kind] == BackingGranule.Of.PRIVATE || kinds[(int) kind] == BackingGranule.Of.SHARED;
        if (isPage ? call.geometry().page(what) < 0 : Long.compareUnsigned(what, MOST_RECS) >= 0) {
            throw call.refused("looks up the granule of 0x%X, which the machine has not".formatted(what));
        }
        return Reply
                .of(ImportedFrames.asked(call, new BackingGranule(kinds[(int) kind], what, call.geometry().frames())));
    }
}
