package org.ringfence.platform.s390;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ringfence.checker.check.MachineSpec;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Restraint;
import org.ringfence.checker.check.Scene;
import org.ringfence.machine.memory.CacheOptions;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.KeyIds;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.MemoryOptions;
import org.ringfence.machine.memory.MemoryOptions.CrossKey;
import org.ringfence.machine.memory.MemoryOptions.Integrity;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.memory.adversary.MemoryAdversary;
import org.ringfence.machine.operation.Adversary;
import org.ringfence.machine.operation.Cast;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Guard;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.NumberedFamily;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.s390.SecureState;
import org.ringfence.machine.s390.SharedAccess;
import org.ringfence.machine.s390.Ultravisor;
import org.ringfence.machine.s390.UvCall;
import org.ringfence.machine.s390.UvForms;
import org.ringfence.machine.s390.UvGuard;
import org.ringfence.machine.s390.law.NothingIsPutInItsPlace;
import org.ringfence.machine.s390.law.SecurePagesAreHidden;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;
import org.ringfence.machine.vocabulary.GuestForms;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.machine.vocabulary.MemoryForms;
import org.ringfence.machine.vocabulary.Vocabulary;

/** Protected virtualization of s390: one guest, each of whose pages has a frame for good. */
public final class S390Platform implements Platform {

    /** Memory that nobody but the Ultravisor reads with its key. */
    private static final MemoryOptions EXPORTS = new MemoryOptions(
            new KeyIds(0, Ultravisor.KEY), Integrity.NONE, CrossKey.JUNK, false, 0, 0, false, 1, true,
            CacheOptions.none());

    /** Options of a guest and its machine. */
    public record Options(
            @Meaning("whether the guest's pages are secure at first, as after their unpacking, or none ever was") boolean secure,
            @Meaning("whether an untrusted host destroys pages") boolean destroys) {}

    @Override
    public String name() {
        return "s390";
    }

    @Override
    public Record options() {
        return new Options(true, true);
    }

    @Override
    public Machine declare(Declaration declaration, Setting setting) {
        if (setting.geometry().frames() < setting.geometry().pages()) {
            throw new IllegalArgumentException("%d frames are too few for %d pages: each page has its frame for good"
                    .formatted(setting.geometry().frames(), setting.geometry().pages()));
        }
        Cpus cpus = Cpus.declare(declaration, setting.cpus(), 1);
        Memory memory = Memory.declare(declaration, setting.geometry(), EXPORTS);
        Ledger ledger = Ledger.declare(declaration, setting.geometry().pages());
        Ultravisor uv = Ultravisor.declare(declaration, memory, cpus, Optional.of(ledger), setting.guards());
        List<Record> parts = new ArrayList<>(List.of(cpus, memory, uv, ledger));
        if (setting.guards().anyOff()) {
            parts.add(setting.guards());
        }
        return new Machine(parts);
    }

    @Override
    public void begin(State state, Machine machine, Setting setting) {
        Ultravisor uv = machine.part(Ultravisor.class);
        for (int page = 0; page < setting.geometry().pages(); page++) {
            uv.frame().set(state, page, page);
            if (((Options) setting.options()).secure) {
                uv.state().set(state, page, SecureState.SECURE);
                uv.memory().write(state, page, Value.LAUNCH, 0);
                machine.part(Ledger.class).launched(state, page, Value.LAUNCH);
            }
        }
    }

    @Override
    public List<Adversary> adversaries(Record options) {
        boolean destroys = ((Options) options).destroys;
        return List.of(
                Adversary.malicious(Principal.HOST, (machine, cast) -> maliciousHost(machine, cast, destroys)),
                Adversary.retroactive(Principal.HOST, (machine, cast) -> MemoryAdversary.retroactiveHost(machine)),
                Adversary.malicious(Principal.VMM, (machine, cast) -> MemoryAdversary.maliciousVmm(machine)));
    }

    private static List<Family> maliciousHost(Machine machine, Cast cast, boolean destroys) {
        Ultravisor uv = machine.part(Ultravisor.class);
        List<Operation<?>> calls = new ArrayList<>();
        for (int page = 0; page < uv.geometry().pages(); page++) {
            calls.add(new UvCall.Import(uv.geometry().gpa(page)));
        }
        for (int frame = 0; frame < uv.geometry().frames(); frame++) {
            for (UvCall.OfFrame call : UvCall.OfFrame.values()) {
                if (destroys || call != UvCall.OfFrame.DESTR_SEC_STOR) {
                    calls.add(new UvCall.OnFrame(call, new Frame(frame)));
                }
            }
        }
        for (int vcpu = 0; vcpu < cast.vcpus(); vcpu++) {
            calls.add(new UvCall.Sie(vcpu));
        }
        List<Family> families = new ArrayList<>(MemoryAdversary.maliciousHost(machine));
        families.add(NumberedFamily.trying(Principal.HOST, machine, calls));
        return families;
    }

    @Override
    public List<Invariant> invariants(Machine machine, Setting setting) {
        Ultravisor uv = machine.part(Ultravisor.class);
        return List.of(new SecurePagesAreHidden(uv), new NothingIsPutInItsPlace(uv, machine.part(Ledger.class)));
    }

    @Override
    public List<Guard> guards() {
        return List.of(UvGuard.values());
    }

    @Override
    public Vocabulary vocabulary() {
        return new Vocabulary(UvForms.all()).and(GuestForms.all()).and(MemoryForms.lines());
    }

    /**
     * A host that destroys pages may always do so while the guest looks, so that what the guest reads is judged by the
     * invariants, and not at its loads.
     */
    @Override
    public List<Scene> scenes() {
        Set<Property> always = EnumSet.of(Property.CONFIDENTIALITY, Property.INTEGRITY);
        List<Scene.Role> cast = List.of(
                new Scene.Role("vcpu0", Principal.GUEST), new Scene.Role("host", Principal.HOST));
        return List.of(
                new Scene("secure pages", new MachineSpec(2, 3, 1), Map.of(), cast, always),
                new Scene("pages that were never secure", new MachineSpec(2, 3, 1), Map.of("secure", false), cast,
                        always));
    }

    /**
     * A guest that shares a page once it has given it up and holds no secret there, since sharing is in place; and that
     * puts secrets where it shares nothing. It does not look at its memory, which the host may have destroyed.
     */
    @Override
    public Restraint restraint() {
        return (machine, actor, operation) -> {
            if (actor.principal() != Principal.GUEST) {
                return Restraint.ALWAYS;
            }
            Ultravisor uv = machine.part(Ultravisor.class);
            Ledger ledger = machine.part(Ledger.class);
            return switch (operation) {
                case SharedAccess(SharedAccess.Call call, long gaddr) -> {
                    int page = uv.geometry().page(gaddr);
                    yield state -> ledger.put().get(state, page) == 0 && !holdsSecret(uv, state, page);
                }
                case Load(long gpa, Mapping mapping) when mapping == Mapping.PRIVATE -> _ -> false;
                case Store(long gpa, Mapping mapping, Value value) -> {
                    int page = uv.geometry().page(gpa);
                    yield mapping == Mapping.PRIVATE
                            ? state -> !shares(uv, state, page)
                            : state -> value == Value.HOST && shares(uv, state, page);
                }
                default -> Restraint.ALWAYS;
            };
        };
    }

    private static boolean shares(Ultravisor uv, State state, int page) {
        SecureState is = uv.state().get(state, uv.frame().get(state, page));
        return is == SecureState.SHARED || is == SecureState.PINNED_SHARED;
    }

    private static boolean holdsSecret(Ultravisor uv, State state, int page) {
        Value held = uv.exported().get(state, page)
                ? uv.contents().get(state, page)
                : uv.memory().value().get(state, uv.frame().get(state, page));
        return held.isSecretFrom(Principal.HOST);
    }
}
