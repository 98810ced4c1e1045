package org.ringfence.stack.guest.svsm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.plain.Plain;
import org.ringfence.machine.state.Layout;
import org.ringfence.stack.guest.svsm.window.CreateMapping;
import org.ringfence.stack.guest.svsm.window.Window;

/**
 * Vectors of the fact sheet on SEV-SNP, section 6, about temporary mappings, in a window of 512 slots of 4K and two of
 * 2M.
 */
class MappingVectorsTest {
    private static final Geometry GEOMETRY = new Geometry(2048, 2048, 512);

    @ParameterizedTest
    @CsvFileSource(resources = "mapping-vectors.csv", delimiter = '|')
    void aRangeIsMappedAsTheMonitorDoes(
            String number, String from, String to, int alignment, String expected, String source) {
        Layout.Placed<Machine> placed = Layout.of(Layout.Storage.LARGE, 2048, 512, declaration -> {
            Memory memory = Memory.declare(declaration, GEOMETRY, 0);
            return Machine.of(
                    memory,
                    Plain.declare(declaration, memory, false, false),
                    Window.declare(declaration, GEOMETRY, Window.COCONUT_SMALL, 2, false));
        });
        DirectCpu cpu = new DirectCpu(
                placed.machine(),
                new Actor(0, Principal.GUEST, "monitor"),
                placed.layout().newState(),
                choices -> 0);

        assertThat(source).isNotBlank();
        assertThat(told(cpu, new CreateMapping(GEOMETRY, page(from), page(to), alignment)))
                .as("vector " + number)
                .isEqualTo(expected);
    }

    private static String told(DirectCpu cpu, CreateMapping create) {
        try {
            CreateMapping.Created created = cpu.call(create);
            return created.status() == CreateMapping.Status.MAPPED
                    ? created.count() + " of " + created.level().name()
                    : created.status().name();
        } catch (Panic misaligned) {
            return "panic";
        }
    }

    private static int page(String address) {
        return Math.toIntExact(Long.decode(address) / Geometry.SMALL);
    }
}
