package org.ringfence.platform.sev;

import java.util.Optional;
import org.ringfence.checker.check.Restraint;
import org.ringfence.machine.memory.CacheInstruction;
import org.ringfence.machine.memory.CacheOptions.Coherence;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.OnCache;
import org.ringfence.machine.memory.Scrub;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.sev.GuestPageTable;
import org.ringfence.machine.sev.HostStore;
import org.ringfence.machine.sev.LoadMapped;
import org.ringfence.machine.sev.MapNestedPage;
import org.ringfence.machine.sev.NestedGuest;
import org.ringfence.machine.sev.Sev;
import org.ringfence.machine.sev.StoreMapped;
import org.ringfence.machine.sev.adversary.CiphertextNote;
import org.ringfence.machine.sev.firmware.SevCommand.LaunchUpdateData;
import org.ringfence.machine.state.State;

/**
 * SEV promises a guest little against a host that maps, writes and copies what it likes, so what a guest reads is
 * judged only where its host does none of that: it maps pages to their own frames, leaves alone those in which the
 * guest has something, and never drops what is dirty in a cache. Where it does, which is where it keeps a note of
 * ciphertext, the guest does not look at its memory.
 *
 * <p>The guest puts secrets where C-bit 1 leads and nothing else there; it gives a page up before it changes sides; and
 * it uses one side only while nothing dirty of the other is cached, where hardware does not see to that. It scrubs no
 * page in which it has something, and reads none that it has given up.
 */
public record CarefulSevGuest() implements Restraint {
    private static final Condition NEVER = state -> false;
    private static final int SHARED = Value.HOST.ordinal();

    @Override
    public Condition on(Machine machine, Actor actor, Operation<?> operation) {
        Geometry geometry = machine.part(Sev.class).geometry();
        Pages pages = Pages.of(machine, actor);
        return machine.find(CiphertextNote.class).isPresent()
                ? tampered(pages, geometry, operation)
                : untouched(pages, geometry, operation);
    }

    private static Condition tampered(Pages pages, Geometry geometry, Operation<?> operation) {
        return switch (operation) {
            case Load(long gpa, Mapping mapping) when mapping == Mapping.PRIVATE -> NEVER;
            case LoadMapped load -> NEVER;
            case StoreMapped(long gpa, Value value) -> {
                int page = geometry.page(gpa);
                yield state -> pages.isShared(state, page) == (value == Value.HOST);
            }
            default -> ALWAYS;
        };
    }

    private static Condition untouched(Pages pages, Geometry geometry, Operation<?> operation) {
        return switch (operation) {
            case MapNestedPage(long gpa, var frame, var size) -> geometry.page(gpa) == frame.index() ? ALWAYS : NEVER;
            case HostStore(var frame, var value, var mapping) -> state -> pages.isEmpty(state, frame.index());
            case LaunchUpdateData command when command.handle() != Sev.HANDLE ->
                state -> pages.isEmpty(state, command.frame().index());
            case OnCache(CacheInstruction instruction, int number) ->
                instruction == CacheInstruction.INVD ? NEVER : ALWAYS;
            case Load(long gpa, Mapping mapping) when mapping == Mapping.PRIVATE -> {
                int page = geometry.page(gpa);
                yield state -> pages.has(state, page, Mapping.PRIVATE);
            }
            case LoadMapped(long gpa) -> {
                int page = geometry.page(gpa);
                yield state -> pages.has(state, page, pages.side(state, page));
            }
            case Store(long gpa, Mapping mapping, Value value) when mapping == Mapping.PRIVATE -> {
                int page = geometry.page(gpa);
                yield state -> pages.canStore(state, page, Mapping.PRIVATE);
            }
            case StoreMapped(long gpa, Value value) -> {
                int page = geometry.page(gpa);
                yield state -> pages.isShared(state, page) == (value == Value.HOST)
                        && pages.canStore(state, page, pages.side(state, page));
            }
            case Scrub(long gpa) -> {
                int page = geometry.page(gpa);
                yield state -> !pages.ledger.live().get(state, page)
                        && pages.canStore(state, page, Mapping.PRIVATE);
            }
            default -> ALWAYS;
        };
    }

    /** What the guest knows of its pages. */
    private record Pages(Memory memory, Ledger ledger, Optional<GuestPageTable> table, int vcpu) {
        static Pages of(Machine machine, Actor actor) {
            return new Pages(
                    machine.part(Memory.class),
                    machine.part(Ledger.class),
                    machine.find(GuestPageTable.class),
                    actor.index());
        }

        /** Whether no page that lies in the frame with its number has anything of the guest's. */
        boolean isEmpty(State state, int page) {
            return page >= memory.geometry().pages() || ledger.put().get(state, page) == 0;
        }

        /** Whether the guest has something in a page, put there through this mapping. */
        boolean has(State state, int page, Mapping mapping) {
            return !isEmpty(state, page) && isOn(state, page, mapping);
        }

        private boolean isOn(State state, int page, Mapping mapping) {
            boolean shared = table.isPresent() && ledger.put().has(state, page, SHARED);
            return shared == (mapping == Mapping.SHARED);
        }

        /** Whether it may store through this mapping: nothing of the other side is there, nor dirty in a cache. */
        boolean canStore(State state, int page, Mapping mapping) {
            int other = mapping == Mapping.PRIVATE ? 0 : NestedGuest.GUEST_KEY;
            boolean coherent = memory.options().caches().coherence() == Coherence.ACROSS_KEYS;
            return (isEmpty(state, page) || isOn(state, page, mapping))
                    && (coherent || !memory.caches().isDirty(state, page, 0, other));
        }

        Mapping side(State state, int page) {
            return isShared(state, page) ? Mapping.SHARED : Mapping.PRIVATE;
        }

        boolean isShared(State state, int page) {
            return table.orElseThrow().peek(state, vcpu, page) == Mapping.SHARED;
        }
    }
}
