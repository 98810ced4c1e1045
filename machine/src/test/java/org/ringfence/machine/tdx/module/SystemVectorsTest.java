package org.ringfence.machine.tdx.module;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Completion;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.Registers;
import org.ringfence.machine.tdx.abi.SeamcallLeaf;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.sys.SystemCall;

/**
 * The vectors of the fact sheet that are about the module as a system, and every other way in which its leaves end, by
 * the numbers of the real thing.
 */
class SystemVectorsTest {

    /** One row. */
    record Vector(String number, String machine, String before, String call, String registers, List<String> after) {
        static Vector parse(String line) {
            String[] cells = Arrays.stream(line.split("\\|", -1)).map(String::trim).toArray(String[]::new);
            assertThat(cells).as(line).hasSize(7);
            assertThat(cells[6]).as("source of " + line).isNotEmpty();
            List<String> after = cells[5].equals("-") ? List.of() : List.of(cells[5].split(" +", -1));
            return new Vector(cells[0], cells[1], cells[2], cells[3], cells[4], after);
        }

        @Override
        public String toString() {
            return number + ": " + before + "; " + call;
        }
    }

    static Stream<Vector> vectors() {
        String file = "vectors.txt";
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(SystemVectorsTest.class.getResourceAsStream(file), file),
                StandardCharsets.UTF_8))) {
            return reader
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(Vector::parse)
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void theModuleEndsAsTheSheetSays(Vector vector) {
        perform(vector);
    }

    private static Set<Script.Returned> perform(Vector vector) {
        Script script = Script.on(vector.machine);
        script.run(vector.before);
        script.seen().clear();
        Registers out = script.call(vector.call);
        long[] expected = Arrays.stream(vector.registers.split(" +", -1))
                .mapToLong(text -> Long.parseUnsignedLong(text, 16))
                .toArray();
        assertThat(out).isEqualTo(Registers.of(expected[0], expected[1], expected[2], expected[3], expected[4]));
        for (String check : vector.after) {
            String what = check.substring(0, check.indexOf('='));
            assertThat(script.look(what)).as(what).isEqualTo(check.substring(check.indexOf('=') + 1));
        }
        return script.seen();
    }

    static Stream<TdxGuard> guards() {
        return Arrays.stream(TdxGuard.values())
                .filter(guard -> guard.ordinal() >= TdxGuard.SYSTEM_IS_NOT_SHUT_DOWN.ordinal()
                        && guard.ordinal() <= TdxGuard.SYS_SHUTDOWN_VERSION_IS_KNOWN.ordinal());
    }

    @ParameterizedTest
    @MethodSource("guards")
    void withoutACheckSomeCallEndsOtherwise(TdxGuard guard) {
        List<Vector> refused = vectors().filter(vector -> {
            long rax = Long.parseUnsignedLong(vector.registers.split(" ", -1)[0], 16);
            return TdxStatus.of(rax).filter(status -> status.name().equals(guard.refuses())).isPresent();
        }).toList();
        assertThat(refused).as(guard.name()).isNotEmpty();
        assertThat(refused).as(guard.name()).anyMatch(vector -> {
            Script script = Script.on(vector.machine, Guards.without(guard));
            script.run(vector.before);
            return script.call(vector.call).rax()
                    != Long.parseUnsignedLong(vector.registers.split(" ", -1)[0], 16);
        });
    }

    /** What TDH.SYS.CONFIG can end with but for the dispatcher's; without details. */
    private static final List<TdxStatus> OF_CONFIG = List.of(
            TdxStatus.TDX_SUCCESS,
            TdxStatus.TDX_SYS_BUSY,
            TdxStatus.TDX_SYS_CONFIG_NOT_PENDING,
            TdxStatus.TDX_OPERAND_INVALID,
            TdxStatus.TDX_INVALID_TDMR,
            TdxStatus.TDX_NON_ORDERED_TDMR,
            TdxStatus.TDX_INVALID_RESERVED_IN_TDMR,
            TdxStatus.TDX_NON_ORDERED_RESERVED_IN_TDMR,
            TdxStatus.TDX_INVALID_PAMT,
            TdxStatus.TDX_PAMT_OVERLAP,
            TdxStatus.TDX_PAMT_OUTSIDE_CMRS,
            TdxStatus.TDX_TDMR_OUTSIDE_CMRS);

    @Test
    void everyStatusThatALeafCanEndWithIsProduced() {
        Set<Script.Returned> produced = new HashSet<>();
        vectors().forEach(vector -> produced.addAll(perform(vector)));
        produced.addAll(ofTheDispatcher());

        List<String> missing = new ArrayList<>();
        for (SystemCall<?> call : calls()) {
            int leaf = call.number().number();
            if (call instanceof SystemCall.Listed<?> listed) {
                for (Enum<?> result : listed.endings().type().getEnumConstants()) {
                    long rax = ((ModuleStatus) result).rax();
                    if (!produced.contains(new Script.Returned(leaf, rax))) {
                        missing.add(call.mnemonic() + " " + result);
                    }
                }
            } else {
                OF_CONFIG.stream()
                        .filter(status -> produced.stream().noneMatch(returned -> returned.leaf() == leaf
                                && TdxStatus.of(returned.rax()).filter(status::equals).isPresent()))
                        .forEach(status -> missing.add(call.mnemonic() + " " + status));
            }
        }
        assertThat(missing).isEmpty();
    }

    /** What each leaf ends with where TDX is disabled, the module is shut down, or not ready. */
    private static Set<Script.Returned> ofTheDispatcher() {
        Set<Script.Returned> produced = new HashSet<>();
        for (SystemCall<?> call : calls()) {
            String raw = Integer.toString(call.number().number());
            for (String before : List.of("up disable", "up 52:0", "-")) {
                Script script = Script.on("cpus=0");
                script.run(before);
                script.seen().clear();
                Registers out = script.call(raw);
                State state = script.platform().start();
                script.platform().module().system().set(state, script.platform().module().system().get(script.state()));
                script.platform().module().seam().disabled().set(
                        state, script.platform().module().seam().disabled().get(script.state()));
                if (before.equals("up disable") || before.equals("up 52:0")) {
                    long typed = call.rax(script.platform().take(state, 0, call));
                    assertThat(typed).as(call + " after " + before).isEqualTo(out.rax());
                }
                produced.addAll(script.seen());
            }
        }
        return produced;
    }

    private static List<SystemCall<?>> calls() {
        List<SystemCall<?>> calls = new ArrayList<>();
        Script script = Script.on("cpus=0");
        Machine machine = script.platform().machine();
        for (SeamcallLeaf leaf : script.platform().raw().decoders().keySet()) {
            Seamcalls.Decoder decoder =
                    Objects.requireNonNull(script.platform().raw().decoders().get(leaf), leaf.mnemonic());
            SystemCall<?> call = (SystemCall<?>) decoder.decode(machine, Registers.of(leaf.number()), 0);
            assertThat(call.number()).isEqualTo(leaf);
            calls.add(call);
        }
        assertThat(calls).hasSize(21);
        return calls;
    }

    @Test
    void aReadyModuleTakesTwoHundredAndFiftySixCallsForAGigabyte() {
        Script script = Script.on("cpus=0 entries=1024");
        script.run("33:0 35 tdmrs:good 45:10000:1:2 31");
        for (int i = 1; i < 256; i++) {
            assertThat(script.call("36:40000000")).as("call " + i).isEqualTo(Registers.of(0, Platform.GB, Platform.GB));
        }
        assertThat(script.call("36:40000000")).isEqualTo(Registers.of(0, Platform.GB, 2 * Platform.GB));
        assertThat(script.call("36:40000000").rax()).isEqualTo(TdxStatus.TDX_TDMR_ALREADY_INITIALIZED.code());
    }

    @Test
    void infoTellsConvertibleMemory() {
        Script script = Script.on("cpus=0");
        script.run("33:0 35 32:20000:400:20400:20");
        WordMap words = script.platform().words();
        assertThat(words.read(0x20000) >>> 32).isEqualTo(0x8086);
        assertThat(words.read(0x20020)).isEqualTo(0x10_0010_0040L);
        assertThat(words.read(0x20408)).isEqualTo(Platform.GB);
        assertThat(words.read(0x20410)).isEqualTo(Platform.GB);
        assertThat(words.read(0x20418)).isEqualTo(0x10000);
        assertThat(words.read(0x20420)).isEqualTo(4 * Platform.GB - 0x1000);
        assertThat(words.read(0x20430)).isZero();
    }

    @Test
    void aNumberOfConfigIsItsRax() {
        Completion completion = new Completion(TdxStatus.TDX_PAMT_OVERLAP, 0x20103);
        assertThat(Completion.rax(completion.code())).isEqualTo(0xC0000A1200020103L);
    }
}
