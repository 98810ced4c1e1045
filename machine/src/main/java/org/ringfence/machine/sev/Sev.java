package org.ringfence.machine.sev;

import java.util.Optional;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Cpus.Status;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.sev.firmware.SevFirmware;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;

/**
 * SEV as one guest meets it: its memory is encrypted, and that is all.
 *
 * <p>What the mechanism guarantees: whoever lacks the guest's key sees ciphertext. What it does not: nothing keeps the
 * host from writing what it cannot read. A read never fails; it answers what the reader's key makes of the bytes at
 * that address. So a host that maps a page to another frame of the guest's shows it another page's plaintext; one that
 * puts older ciphertext back at its own frame, older plaintext; one that moves ciphertext to another frame, or writes
 * anything, junk. No instruction of the guest's can tell.
 *
 * <p>C-bit 1 in the guest's own page table chooses the key of its ASID, C-bit 0 none; the C-bit is no part of the
 * address that the nested page table translates. An access says through which C-bit it goes; {@link GuestPageTable}
 * keeps the choice for software that does not say. The bytes in memory do not change with it.
 *
 * <p>Source: Linux, Documentation/arch/x86/amd-memory-encryption.rst and {@code arch/x86/mm/mem_encrypt_amd.c}.
 */
public record Sev(Geometry geometry, NestedPageTable npt, Exits exits, Optional<SevFirmware> firmware)
        implements
            NestedGuest {

    /** The handle of the guest, where the machine has the firmware. */
    public static final int HANDLE = 1;

    /**
     * Declares the tables.
     *
     * @param cpus where actors are
     * @param vcpus actors 0 to {@code vcpus - 1} have the reasons of their exits kept, for a host that looks; 0 when
     *     none does
     * @param firmware where the guest runs only while it has the ASID that its host enters it with,
     *     {@link NestedGuest#GUEST_KEY}
     */
    public static Sev declare(
            Declaration declaration, Geometry geometry, Cpus cpus, int vcpus, Optional<SevFirmware> firmware) {
        return new Sev(
                geometry,
                NestedPageTable.declare(declaration, geometry),
                Exits.declare(declaration, geometry, cpus, vcpus),
                firmware);
    }

    /** Whether the guest can run. */
    public boolean runs(State state) {
        return firmware.isEmpty() || firmware.get().runs(state, HANDLE, GUEST_KEY);
    }

    @Override
    public long access(State state, Actor actor, int page, Mapping mapping, boolean write) {
        if (!runs(state)) {
            return Outcome.WAITS;
        }
        int frame = npt.lookup(state, page);
        if (frame != FrameRef.NONE) {
            return frame;
        }
        ExitReason why =
                mapping == Mapping.PRIVATE ? ExitReason.NPF_NOT_PRESENT_PRIVATE : ExitReason.NPF_NOT_PRESENT_SHARED;
        exits.leave(state, actor.index(), Status.EXITED, why, page);
        return Outcome.EXITS;
    }

    /** Nothing is refused. */
    @Override
    public boolean refusesHostWrite(State state, int frame, Level mapping) {
        return false;
    }
}
