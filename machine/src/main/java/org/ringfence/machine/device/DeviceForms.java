package org.ringfence.machine.device;

import java.util.List;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.vocabulary.Form;

/** Devices and their IOMMU as text. */
public final class DeviceForms {
    private DeviceForms() {}

    /** All of them. */
    public static List<Form> all() {
        return List.of(
                Form.told("start device", DeviceOperation.StartDevice.class, Principal.GUEST),
                Form.told("halt device", DeviceOperation.HaltDevice.class, Principal.GUEST),
                Form.told("await device", DeviceOperation.AwaitDevice.class, Principal.GUEST),
                Form.told("DMA", DeviceOperation.Dma.class, Principal.HARDWARE, Principal.DEVICE),
                Form.told("stray DMA", DeviceOperation.StrayDma.class, Principal.DEVICE),
                Form.told("IOMMU translation", IommuOperation.Translate.class, Principal.GUEST),
                Form.told("IOMMU grant", IommuOperation.Grant.class, Principal.GUEST),
                Form.told("IOMMU invalidate", IommuOperation.Invalidate.class, Principal.GUEST),
                Form.told("await invalidation", IommuOperation.AwaitInvalidated.class, Principal.GUEST),
                Form.told("complete invalidation", IommuOperation.CompleteInvalidation.class, Principal.HARDWARE));
    }
}
