;; Hue, saturation and value of a picture, and how far they are from those of the picture before; 16 pixels at a time.
;;
;; Memory: 0 three sums of four lanes each (hue, saturation, value), 48 bytes in all; the caller says where the rest lies.
;; All of it starts as zeros and is padded to whole groups of 16 pixels, so that the padding never differs.
(module
  (memory (export "memory") 1)

  ;; In eight lanes of 16 bits: (factor * round(numerator / divisor) + 2048) >> 12.
  ;; Adding 2^23 rounds to a whole number and leaves it in the low bits; a divisor of zero comes with a factor of zero.
  (func $scaled (param $numerator v128) (param $divisor v128) (param $factor v128) (result v128)
    (i16x8.narrow_i32x4_s
      (i32x4.shr_s
        (i32x4.add
          (i32x4.mul
            (i32x4.extend_low_i16x8_s (local.get $factor))
            (i32x4.sub
              (f32x4.add
                (f32x4.div
                  (local.get $numerator)
                  (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_s (local.get $divisor))))
                (v128.const f32x4 8388608 8388608 8388608 8388608))
              (v128.const i32x4 0x4b000000 0x4b000000 0x4b000000 0x4b000000)))
          (v128.const i32x4 2048 2048 2048 2048))
        (i32.const 12))
      (i32x4.shr_s
        (i32x4.add
          (i32x4.mul
            (i32x4.extend_high_i16x8_s (local.get $factor))
            (i32x4.sub
              (f32x4.add
                (f32x4.div
                  (local.get $numerator)
                  (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_s (local.get $divisor))))
                (v128.const f32x4 8388608 8388608 8388608 8388608))
              (v128.const i32x4 0x4b000000 0x4b000000 0x4b000000 0x4b000000)))
          (v128.const i32x4 2048 2048 2048 2048))
        (i32.const 12))))

  ;; Eight hues of 16 bits from the sector, -d to 5 d, and the spread d: 180 is added to negative ones.
  (func $hue (param $sector v128) (param $spread v128) (result v128)
    (local $angle v128)
    (local.set $angle
      (call $scaled
        (v128.const f32x4 122880 122880 122880 122880)
        (local.get $spread)
        (local.get $sector)))
    (i16x8.add
      (local.get $angle)
      (v128.and
        (i16x8.shr_s (local.get $angle) (i32.const 15))
        (v128.const i16x8 180 180 180 180 180 180 180 180))))

  ;; The sum of the absolute differences of 16 bytes, in four lanes.
  (func $distance (param $a v128) (param $b v128) (result v128)
    (i32x4.extadd_pairwise_i16x8_u
      (i16x8.extadd_pairwise_i8x16_u
        (v128.or
          (i8x16.sub_sat_u (local.get $a) (local.get $b))
          (i8x16.sub_sat_u (local.get $b) (local.get $a))))))

  ;; Takes `pixels` pixels (a multiple of 16) of three bytes at `rgb`; replaces the planes of one byte a pixel at `hue`,
  ;; `saturation` and `value`; writes the sums.
  (func (export "replace")
    (param $rgb i32) (param $hue i32) (param $saturation i32) (param $value i32) (param $pixels i32)
    (local $end i32)
    (local $first v128) (local $second v128) (local $third v128)
    (local $r v128) (local $g v128) (local $b v128)
    (local $v v128) (local $d v128) (local $isRed v128) (local $isGreen v128)
    (local $minuend v128) (local $subtrahend v128) (local $notRed v128) (local $isBlue v128)
    (local $h v128) (local $s v128)
    (local $hueSum v128) (local $saturationSum v128) (local $valueSum v128)
    (local.set $end (i32.add (local.get $value) (local.get $pixels)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $value) (local.get $end)))
        (local.set $first (v128.load (local.get $rgb)))
        (local.set $second (v128.load offset=16 (local.get $rgb)))
        (local.set $third (v128.load offset=32 (local.get $rgb)))
        (local.set $r
          (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 17 20 23 26 29
            (i8x16.shuffle 0 3 6 9 12 15 18 21 24 27 30 0 0 0 0 0
              (local.get $first) (local.get $second))
            (local.get $third)))
        (local.set $g
          (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 18 21 24 27 30
            (i8x16.shuffle 1 4 7 10 13 16 19 22 25 28 31 0 0 0 0 0
              (local.get $first) (local.get $second))
            (local.get $third)))
        (local.set $b
          (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 16 19 22 25 28 31
            (i8x16.shuffle 2 5 8 11 14 17 20 23 26 29 0 0 0 0 0 0
              (local.get $first) (local.get $second))
            (local.get $third)))
        (local.set $v (i8x16.max_u (local.get $r) (i8x16.max_u (local.get $g) (local.get $b))))
        (local.set $d
          (i8x16.sub
            (local.get $v)
            (i8x16.min_u (local.get $r) (i8x16.min_u (local.get $g) (local.get $b)))))
        (local.set $isRed (i8x16.eq (local.get $v) (local.get $r)))
        (local.set $isGreen (i8x16.eq (local.get $v) (local.get $g)))
        ;; The sector is g - b, b - r + 2 d or r - g + 4 d, by the largest channel.
        (local.set $minuend
          (v128.bitselect
            (local.get $g)
            (v128.bitselect (local.get $b) (local.get $r) (local.get $isGreen))
            (local.get $isRed)))
        (local.set $subtrahend
          (v128.bitselect
            (local.get $b)
            (v128.bitselect (local.get $r) (local.get $g) (local.get $isGreen))
            (local.get $isRed)))
        (local.set $notRed (v128.andnot (local.get $d) (local.get $isRed)))
        (local.set $isBlue (v128.andnot (local.get $notRed) (local.get $isGreen)))
        (local.set $h
          (i8x16.narrow_i16x8_u
            (call $hue
              (i16x8.add
                (i16x8.sub
                  (i16x8.extend_low_i8x16_u (local.get $minuend))
                  (i16x8.extend_low_i8x16_u (local.get $subtrahend)))
                (i16x8.shl
                  (i16x8.add
                    (i16x8.extend_low_i8x16_u (local.get $notRed))
                    (i16x8.extend_low_i8x16_u (local.get $isBlue)))
                  (i32.const 1)))
              (i16x8.extend_low_i8x16_u (local.get $d)))
            (call $hue
              (i16x8.add
                (i16x8.sub
                  (i16x8.extend_high_i8x16_u (local.get $minuend))
                  (i16x8.extend_high_i8x16_u (local.get $subtrahend)))
                (i16x8.shl
                  (i16x8.add
                    (i16x8.extend_high_i8x16_u (local.get $notRed))
                    (i16x8.extend_high_i8x16_u (local.get $isBlue)))
                  (i32.const 1)))
              (i16x8.extend_high_i8x16_u (local.get $d)))))
        (local.set $s
          (i8x16.narrow_i16x8_u
            (call $scaled
              (v128.const f32x4 1044480 1044480 1044480 1044480)
              (i16x8.extend_low_i8x16_u (local.get $v))
              (i16x8.extend_low_i8x16_u (local.get $d)))
            (call $scaled
              (v128.const f32x4 1044480 1044480 1044480 1044480)
              (i16x8.extend_high_i8x16_u (local.get $v))
              (i16x8.extend_high_i8x16_u (local.get $d)))))
        (local.set $hueSum
          (i32x4.add
            (local.get $hueSum)
            (call $distance (local.get $h) (v128.load (local.get $hue)))))
        (local.set $saturationSum
          (i32x4.add
            (local.get $saturationSum)
            (call $distance (local.get $s) (v128.load (local.get $saturation)))))
        (local.set $valueSum
          (i32x4.add
            (local.get $valueSum)
            (call $distance (local.get $v) (v128.load (local.get $value)))))
        (v128.store (local.get $hue) (local.get $h))
        (v128.store (local.get $saturation) (local.get $s))
        (v128.store (local.get $value) (local.get $v))
        (local.set $rgb (i32.add (local.get $rgb) (i32.const 48)))
        (local.set $hue (i32.add (local.get $hue) (i32.const 16)))
        (local.set $saturation (i32.add (local.get $saturation) (i32.const 16)))
        (local.set $value (i32.add (local.get $value) (i32.const 16)))
        (br $next)))
    (v128.store offset=0 (i32.const 0) (local.get $hueSum))
    (v128.store offset=16 (i32.const 0) (local.get $saturationSum))
    (v128.store offset=32 (i32.const 0) (local.get $valueSum))))
